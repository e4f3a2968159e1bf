// An OpenID Connect issuer on a free port. Prints its address; what people are called comes as JSON lines on the
// standard input; ends when that closes.
import { createInterface } from "node:readline";
import { OAuth2Server } from "oauth2-mock-server";

const server = new OAuth2Server();
await server.issuer.keys.generate("RS256");
await server.start(0, "127.0.0.1");

let person = {};
server.service.on("beforeTokenSigning", (token) => Object.assign(token.payload, person));

console.log(server.issuer.url);
for await (const line of createInterface({ input: process.stdin })) {
  const { rotate, ...claims } = JSON.parse(line);
  person = claims;
  if (rotate) await server.issuer.keys.generate("RS256");
  console.log("ok");
}
await server.stop();
process.exit(0);
