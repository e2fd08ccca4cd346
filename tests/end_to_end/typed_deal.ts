/* From register to quote to paper with the client that @hey-api/openapi-ts makes; tests/end_to_end/test_typed_deal.py
   compiles it strictly and runs it against a live market: node typed_deal.js ADDRESS NUMBER */
import { createClient, createConfig } from "./client/client";
import * as market from "./client";

declare const process: { argv: string[]; exit(code: number): never };

const [address, number] = process.argv.slice(2);
if (address === undefined || number === undefined) throw new Error("typed_deal.js ADDRESS NUMBER");

type Answered<T> = { data?: T; error?: unknown; response?: Response };

function done<T>({ data, error, response }: Answered<T>): T {
  if (data === undefined) throw new Error(`${response?.status} ${response?.url}: ${JSON.stringify(error)}`);
  return data;
}

function guarded({ response }: Answered<unknown>): { "If-Match": string } {
  const tag = response?.headers.get("etag");
  if (!tag) throw new Error(`${response?.url} has no ETag`);
  return { "If-Match": tag };
}

async function registered(kind: "producer" | "buyer") {
  const anyone = createClient(createConfig({ baseUrl: address! }));
  const body = {
    organization: { name: `Bên có kiểu ${kind}`, kinds: [kind], legal_form: "company" as const, province: { code: "79" } },
    user: { full_name: "Người Có Kiểu", email: `kieu-${kind}-${number}@thu.example`, password: "một câu dài dễ nhớ" },
  };
  const { tokens } = done(await market.register({ client: anyone, body }));
  if (!tokens) throw new Error("nobody is signed in");
  return createClient(createConfig({ baseUrl: address!, auth: tokens.access_token }));
}

const day = (after: number) => new Date(Date.now() + after * 86_400_000).toISOString().slice(0, 10);

async function deal(): Promise<void> {
  const [supplier, buyer] = [await registered("producer"), await registered("buyer")];
  const season = { from: day(10), to: day(24) };
  const listing = done(
    await market.createListing({
      client: supplier,
      headers: { "Idempotency-Key": `listing-${number}` },
      body: {
        title: "Thanh long ruột đỏ có kiểu", concept: "dragon-fruit-red", province: { code: "82" }, unit: "KGM",
        price_vnd: 28000, capacity: [{ ...season, quantity: "1000", per: "week" }], publish: true,
      },
    }),
  );
  const need = done(
    await market.createNeed({
      client: buyer,
      body: {
        title: "Thanh long cho chuỗi có kiểu", delivery_province: { code: "79" }, publish: true,
        lines: [{ concept: "dragon-fruit-red", quantity: "100", unit: "KGM", per: "day", ...season }],
      },
    }),
  );
  const matches = done(await market.matchNeed({ client: buyer, path: { need_id: need.id } }));
  console.log(`matches ${matches.items.length}`);
  const line = need.lines[0];
  if (line === undefined) throw new Error("the need has no line");
  const quote = done(
    await market.createQuote({
      client: supplier,
      path: { need_id: need.id },
      body: {
        lines: [{ need_line: line.id, listing: listing.id, price_vnd: 29000 }], valid_until: day(7), submit: true,
      },
    }),
  );
  const path = { quote_id: quote.id };
  const seen = await market.getQuote({ client: buyer, path });
  const accepted = done(await market.acceptQuote({ client: buyer, path, headers: guarded(seen), body: {} }));
  console.log(`quote ${accepted.status}`);
  const drawn = done(await market.logAgreement({ client: buyer, body: { instrument: "mou", quote: quote.id } }));
  const paper = { agreement_id: drawn.id };
  for (const client of [buyer, supplier]) {
    const read = await market.getAgreement({ client, path: paper });
    done(await market.signAgreement({ client, path: paper, headers: guarded(read), body: {} }));
  }
  const signed = done(await market.getAgreement({ client: buyer, path: paper }));
  const written = await market.writeAgreement({ client: buyer, path: paper, query: { format: "pdf" }, parseAs: "blob" });
  const bytes = new Uint8Array(await new Blob([done(written) as Blob]).arrayBuffer());
  console.log(`paper ${signed.status} ${new TextDecoder().decode(bytes.slice(0, 5))}`);
}

deal().catch((error: unknown) => {
  console.error(error);
  process.exit(1);
});
