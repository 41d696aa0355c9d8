// Calls of FinHub whose paths, bodies and replies are checked when they are compiled,
// by the types that openapi-typescript makes of the document. Nothing of them is left
// when they run.
import type { paths } from "./finhub.ts";

type Method = "get" | "post";
type PathOf<M extends Method> = { [P in keyof paths]: paths[P] extends Record<M, object> ? P : never }[keyof paths];
type Ids<T> = T extends { parameters: { path: infer I } } ? I : Record<never, string>;
type Body<T> = T extends { requestBody: { content: { "application/json": infer B } } } ? B : undefined;
type Reply<T> = T extends { responses: infer R } ? R[keyof R & (200 | 201)] : never;
type Data<T> = Reply<T> extends { content: { "application/json": { data: infer D } } } ? D : never;

// Refused is FinHub's no. Its suggestions are the calls that would help.
export class Refused extends Error {
  readonly status: number;
  readonly suggestions: string[];

  constructor(status: number, reply: { message?: string; data?: { details?: string; suggestions?: string[] } }) {
    super(`${status} ${reply.message}: ${reply.data?.details}`);
    this.status = status;
    this.suggestions = reply.data?.suggestions ?? [];
  }
}

export interface Access {
  baseUrl: string;
  tenant: string;
  // A token of the tenant's staff, as a back office has it.
  token: string;
}

export class Client {
  readonly #baseUrl: string;
  readonly #headers: Record<string, string>;

  constructor({ baseUrl, tenant, token }: Access) {
    this.#baseUrl = baseUrl;
    this.#headers = {
      "Content-Type": "application/json", Authorization: `Bearer ${token}`, "X-Tenant-ID": tenant,
      // Whom the call is made for: FinHub refuses calls that do not say.
      "X-Forwarded-For": "127.0.0.1", "X-Forwarded-From": "onboarding", platform: "server", deviceId: "back-office",
      // Companies are activated by an administrator.
      "X-User-ID": "back-office", "X-User-Roles": "ADMIN_USER",
    };
  }

  get<P extends PathOf<"get">>(path: P, ids: Ids<paths[P]["get"]>): Promise<Data<paths[P]["get"]>> {
    return this.#call("GET", path, ids);
  }

  post<P extends PathOf<"post">>(path: P, ids: Ids<paths[P]["post"]>, body: Body<paths[P]["post"]>): Promise<Data<paths[P]["post"]>> {
    return this.#call("POST", path, ids, body);
  }

  async #call<D>(method: string, path: string, ids: object, body?: unknown): Promise<D> {
    for (const [name, id] of Object.entries(ids)) path = path.replace(`{${name}}`, encodeURIComponent(id));
    const reply = await fetch(this.#baseUrl + path, {
      method, headers: this.#headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const said = await reply.json();
    if (!reply.ok) throw new Refused(reply.status, said);
    return said.data;
  }
}
