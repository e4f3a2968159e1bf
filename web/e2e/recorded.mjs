// The studio on recorded answers instead of a server: the same to the letter each time, for pictures and for measuring.
import { readFile } from "node:fs/promises";

const recorded = JSON.parse(await readFile(new URL("../src/test/fixtures/project.json", import.meta.url), "utf8"));
/** The day on which everything stands. */
export const NOW = "2026-11-23T09:00:00Z";

const user = {
  id: recorded.project.user_id,
  email: "harin@example.com",
  email_verified: true,
  name: "하린",
  avatar_url: null,
  role: "owner",
  subscription_plan: "free",
  subscription_status: "active",
  credits_remaining: 0,
  timezone: "Asia/Seoul",
  onboarding_completed: true,
  has_password: true,
  mfa_enabled: false,
  created_at: NOW,
  last_login_at: NOW,
};

const model = {
  clip_seconds: [],
  aspects: ["16:9", "9:16", "1:1"],
  largest: "1080p",
  reference_images: 1,
  price_checked: "2026-11-22",
  needs_key: false,
  needs_network: true,
  available: true,
  unavailable_because: null,
  provider: "gemini",
};
const models = [
  {
    ...model,
    id: "animatic",
    kind: "clip",
    name: "Animatic",
    provider: "animatic",
    price_usd: 0,
    price_unit: "second",
    needs_network: false,
  },
  { ...model, id: "nano-banana", kind: "image", name: "Nano Banana 2.1", price_usd: 0.0588, price_unit: "image" },
  { ...model, id: "nano-banana", kind: "edit", name: "Nano Banana 2.1", price_usd: 0.0588, price_unit: "image" },
  {
    ...model,
    id: "gemini-flash",
    kind: "vision",
    name: "Gemini 3.8 Flash",
    price_usd: 3.75,
    price_unit: "million-tokens",
  },
  {
    ...model,
    id: "gemini-flash",
    kind: "text",
    name: "Gemini 3.8 Flash",
    price_usd: 3.75,
    price_unit: "million-tokens",
  },
];

/** A song of this many beats in this many scenes of equal length; without numbers, the recorded one. */
export function work({ beats = 0, scenes = 0 } = {}) {
  if (beats === 0) return recorded;
  const beat = 60 / 128;
  const duration = beats * beat;
  const times = Array.from({ length: beats }, (_, index) => index * beat);
  const kinds = ["intro", "verse", "pre-chorus", "chorus", "verse", "chorus", "bridge", "chorus", "outro"];
  const sections = kinds.map((type, index) => ({
    type,
    start: (index / kinds.length) * duration,
    end: ((index + 1) / kinds.length) * duration,
    label: type,
    energy: 0.5,
    confidence: 0.9,
  }));
  const project = {
    ...recorded.project,
    audio_duration_seconds: duration,
    audio_analysis: {
      ...recorded.project.audio_analysis,
      duration,
      tempo: 128,
      beats: times,
      downbeats: times.filter((_, index) => index % 4 === 0),
      sections,
    },
  };
  const each = Math.floor(beats / scenes);
  const list = Array.from({ length: scenes }, (_, index) => {
    const start = index * each * beat;
    const end = index === scenes - 1 ? duration : (index + 1) * each * beat;
    return {
      ...recorded.scenes[index % recorded.scenes.length],
      id: `00000000-0000-4000-8000-${String(index).padStart(12, "0")}`,
      scene_number: index + 1,
      timestamp_start: start,
      timestamp_end: end,
      duration_seconds: end - start,
    };
  });
  return { project, scenes: list };
}

/** A song that sounds like nothing, of the project's length. */
function silence({ audio_duration_seconds: seconds }) {
  const rate = 8000;
  const samples = Math.ceil(seconds * rate);
  const bytes = Buffer.alloc(44 + samples, 128);
  bytes.write("RIFF", 0, "latin1");
  bytes.writeUInt32LE(36 + samples, 4);
  bytes.write("WAVEfmt ", 8, "latin1");
  bytes.writeUInt32LE(16, 16);
  for (const [at, value] of [
    [20, 1],
    [22, 1],
    [32, 1],
    [34, 8],
  ])
    bytes.writeUInt16LE(value, at);
  bytes.writeUInt32LE(rate, 24);
  bytes.writeUInt32LE(rate, 28);
  bytes.write("data", 36, "latin1");
  bytes.writeUInt32LE(samples, 40);
  return bytes;
}

const none = { data: [], total: 0, limit: 20, offset: 0 };

const open = {
  max_video_length_seconds: null,
  max_videos_per_day: null,
  max_videos_per_month: null,
  max_images_per_day: null,
  max_projects_per_month: null,
  max_concurrent_projects: null,
  max_character_profiles: null,
  max_resolution: "4k",
  api_requests_per_hour: 5000,
  priority_queue: true,
  collaboration: false,
};
const price = (amount) => ({ amount, available: true });
const indie = {
  ...open,
  max_video_length_seconds: 180,
  max_concurrent_projects: 5,
  max_character_profiles: 3,
  api_requests_per_hour: 1000,
  priority_queue: false,
};
const offers = {
  payments: true,
  currency: "usd",
  trial_days: 0,
  least_plan: "free",
  plans: [
    {
      id: "free",
      monthly: null,
      yearly: null,
      credits_per_month: 0,
      limits: {
        ...indie,
        max_concurrent_projects: null,
        max_projects_per_month: 2,
        max_character_profiles: 1,
        max_videos_per_day: 2,
        max_images_per_day: 50,
        max_resolution: "1080p",
        api_requests_per_hour: 100,
      },
    },
    { id: "indie", monthly: price(1900), yearly: price(19000), credits_per_month: 1000, limits: indie },
    {
      id: "pro",
      monthly: price(4900),
      yearly: price(49000),
      credits_per_month: 3500,
      limits: { ...open, max_character_profiles: 10 },
    },
    {
      id: "team",
      monthly: price(14900),
      yearly: price(149000),
      credits_per_month: 12000,
      limits: { ...open, collaboration: true },
    },
  ],
  packs: [
    { credits: 500, amount: 600, available: true },
    { credits: 2000, amount: 2200, available: true },
  ],
};
const subscription = {
  subscription: {
    plan: "indie",
    paid_plan: "indie",
    status: "active",
    billing_cycle: "monthly",
    current_period_start: "2026-11-11T09:00:00Z",
    current_period_end: "2026-12-11T09:00:00Z",
    cancel_at_period_end: false,
    canceled_at: null,
    trial_start: null,
    trial_end: null,
    grace_ends_at: null,
    limits: indie,
  },
  usage: {
    videos_created_this_period: 3,
    credits_used_this_period: 612.5,
    credits_forecast_this_period: 1531,
    credits_remaining: 387.5,
    total_videos_created: 12,
    last_video_created_at: NOW,
  },
};
const credits = {
  ...none,
  total: 2,
  data: [
    { id: 2, credits: -42, reason: "reserve", note: null, call_id: null, created_at: "2026-11-22T10:20:00Z" },
    { id: 1, credits: 1000, reason: "plan", note: null, call_id: null, created_at: "2026-11-11T09:00:00Z" },
  ],
  sources: [
    {
      origin: "plan",
      granted: 1000,
      left: 429.5,
      granted_at: "2026-11-11T09:00:00Z",
      expires_at: "2026-12-11T09:00:00Z",
    },
  ],
  balance: { available: 387.5, reserved: 42, spent: 612.5 },
};
const invoice = {
  status: "paid",
  total: 1900,
  currency: "usd",
  hosted_invoice_url: "https://invoice.stripe.com/i/1",
  invoice_pdf: "https://invoice.stripe.com/i/1.pdf",
};
const invoices = [
  { ...invoice, id: "in_2", number: "MV-0002", created_at: "2026-11-11T09:00:00Z" },
  { ...invoice, id: "in_1", number: "MV-0001", created_at: "2026-10-11T09:00:00Z" },
];

/** What the server says to each address, in the account's language; anything that was not recorded is empty. */
export function recordings(locale, { project, scenes } = work()) {
  const bare = ({ image_url: _, video_url: __, ...scene }) => ({
    ...scene,
    image_url: null,
    video_url: null,
    status: "pending",
  });
  const shown = scenes.map(bare);
  const loud = Array.from({ length: Math.ceil(project.audio_duration_seconds * 100) }, (_, at) =>
    Math.round(90 + 80 * Math.abs(Math.sin(at / 37)) + 60 * Math.abs(Math.sin(at / 3.1))),
  );
  const lines = Array.from({ length: 12 }, (_, index) => ({
    start: 8 + index * 5,
    end: 11 + index * 5,
    text: locale === "ko" ? "우린 같은 노래로 달려" : "We run on the same song",
    words: [],
  }));
  const day = (index) => ({
    day: `2026-11-${String(index + 1).padStart(2, "0")}`,
    calls: 3,
    usd: 0.4 + 0.3 * Math.abs(Math.sin(index)),
    credits: 0,
    images_usd: 0.2 * Math.abs(Math.sin(index)),
    videos_usd: 0.4,
    processing_usd: 0.1 * Math.abs(Math.sin(index)),
  });
  const sum = { calls: 69, usd: 12.4, credits: 0 };
  const answers = {
    "/api/auth/session": { user: { ...user, locale } },
    "/api/users/me": { user: { ...user, locale } },
    "/api/users/me/provider-keys": none,
    "/api/models": { models },
    "/api/projects": { ...none, data: [project], total: 1 },
    [`/api/projects/${project.id}`]: { project, scenes: shown },
    [`/api/projects/${project.id}/scenes`]: { scenes: shown },
    [`/api/projects/${project.id}/peaks`]: { level: 0, rate_hz: 100, peaks: loud },
    [`/api/projects/${project.id}/lyrics`]: { lines },
    [`/api/projects/${project.id}/comments`]: { comments: [], ...none },
    [`/api/projects/${project.id}/shares`]: { shares: [] },
    [`/api/projects/${project.id}/analysis`]: {
      analysis: project.audio_analysis,
      heard: null,
      correction: null,
      storyboard: null,
    },
    "/api/characters/quotes": {
      quote: {
        id: project.id,
        character_id: null,
        config: {},
        lines: [],
        total_usd: 0,
        estimated_time_seconds: 8,
        created_at: NOW,
        expires_at: NOW,
      },
    },
    "/api/usage": {
      from: "2026-11-01",
      to: "2026-11-23",
      timezone: "Asia/Seoul",
      total: sum,
      open_usd: 0.84,
      days: Array.from({ length: 23 }, (_, index) => day(index)),
      projects: [{ ...sum, project_id: project.id, title: project.title }],
      services: [{ ...sum, provider: "gemini", models: [{ ...sum, model: "nano-banana" }] }],
      period: { ...sum, first_day: "2026-11-01", last_day: "2026-11-30", forecast_usd: 16.2, forecast_credits: 0 },
    },
    "/api/billing/plans": offers,
    "/api/billing/subscription": subscription,
    "/api/billing/credits": credits,
    "/api/billing/invoices": { invoices },
    "/api/templates": { templates: [] },
    "/api/auth/oauth": { providers: [] },
  };
  return (pathname) => {
    if (pathname.startsWith("/files/")) return { type: "audio/wav", body: silence(project) };
    const known = /^\/(healthz|readyz)$/.test(pathname) ? { status: "ok" } : (answers[pathname] ?? none);
    return { type: "application/json", body: Buffer.from(JSON.stringify(known)) };
  };
}

/** Answers what the pages ask from the recordings. */
export async function answer(page, locale, song = work()) {
  const said = recordings(locale, song);
  await page.routeWebSocket(/\/ws$/, () => undefined);
  await page.route(/\/(api|files)\/|\/(healthz|readyz)$/, (route) => {
    const { type, body } = said(new URL(route.request().url()).pathname);
    return route.fulfill({ contentType: type, body });
  });
}
