// The counterpart of Stripe's, as a program of its own: it serves its pages, and its calendar is turned from here.
import { spawn } from "node:child_process";
import { newest } from "./server.mjs";

const PRICES = {
  indie_monthly: "1900/month",
  indie_yearly: "19000/year",
  pro_monthly: "4900/month",
  pro_yearly: "49000/year",
  team_monthly: "14900/month",
  team_yearly: "149000/year",
  pack_500: "600",
  pack_2000: "2200",
};

/** Starts it, and says what a server needs to know of it. */
export async function startStripe() {
  const program = process.env.STRIPE_COUNTERPART ?? (await newest("examples/stripe"));
  const prices = Object.entries(PRICES).map(([name, price]) => `price_${name}=${price}`);
  const child = spawn(program, prices, { stdio: ["ignore", "pipe", "inherit"] });
  const { api, control, key, secret } = await new Promise((resolve, reject) => {
    let text = "";
    child.stdout.on("data", (bytes) => {
      text += bytes;
      if (text.endsWith("\n")) resolve(JSON.parse(text));
    });
    child.on("error", reject);
    child.on("exit", (code) => reject(new Error(`the counterpart of Stripe's ended with ${code}`)));
  });
  const tell = async (what, about) => {
    const answer = await fetch(`${control}/control/${what}`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(about),
    });
    if (!answer.ok) throw new Error(`${what}: ${answer.status}`);
  };
  return {
    tables: `[billing.stripe]
secret_key = "${key}"
api_base = "${api}"
webhook_secrets = ["${secret}"]

[billing.prices]
${Object.keys(PRICES)
  .map((name) => `${name} = "price_${name}"`)
  .join("\n")}
`,
    /** Events go to this server from now on; `null` holds them back. */
    deliverTo: (server) => tell("webhook", { url: server && `${server}/api/billing/webhook` }),
    /** The period ends, and the next one is paid or not; a plan that was canceled ends. */
    renew: (isPaid) => tell("renew", { is_paid: isPaid }),
    close() {
      child.removeAllListeners("exit");
      child.kill("SIGTERM");
    },
  };
}
