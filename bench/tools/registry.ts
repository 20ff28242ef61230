import { createHash } from 'node:crypto';

/** The operator's credential of every replica of the benchmarks. */
export const ROOT_KEY = 'the-operator-of-the-benchmarks-0123456789';

interface Payload {
  readonly userErrors: readonly { readonly code: string; readonly message: string }[];
}

/** Fills a registry through its graph, as its operator. */
export class Registry {
  constructor(private readonly url: string) {}

  async user(handle: string): Promise<void> {
    await this.mutate('createUser', { handle });
  }

  /** @returns the secret of a new key of `owner` */
  async key(owner: string): Promise<string> {
    return String((await this.mutate('createApiKey', { owner }, 'secret'))['secret']);
  }

  async algorithm(owner: string, name: string): Promise<void> {
    await this.mutate('createAlgorithm', { owner, name });
  }

  /** Registers the build that `publish` gives `version` to. */
  async build(algorithm: string, version: string, backendUrl: string): Promise<void> {
    const sha = shaOf(algorithm, version);
    await this.mutate('registerBuild', { algorithm, sha, status: 'SUCCEEDED', backendUrl });
  }

  /** @param opens the version is the first of its major, which becomes public */
  async publish(algorithm: string, version: string, opens: boolean): Promise<void> {
    const permissions = opens ? { permissions: { visibility: 'PUBLIC' } } : {};
    await this.mutate('publishVersion', {
      algorithm,
      sha: shaOf(algorithm, version),
      version,
      ...permissions,
    });
  }

  private async mutate(name: string, input: object, fields = ''): Promise<Record<string, unknown>> {
    const type = `${name.charAt(0).toUpperCase()}${name.slice(1)}Input!`;
    const query = `mutation ($input: ${type}) { ${name}(input: $input) { ${fields} userErrors { code message } } }`;
    const response = await fetch(`${this.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${ROOT_KEY}` },
      body: JSON.stringify({ query, variables: { input } }),
    });
    const answer = (await response.json()) as { data?: Record<string, Payload & Record<string, unknown>> };
    const payload = answer.data?.[name];
    if (payload === undefined || payload.userErrors.length > 0) {
      throw new Error(`${name} was refused: ${JSON.stringify(answer)}`);
    }
    return payload;
  }
}

function shaOf(algorithm: string, version: string): string {
  return createHash('sha1').update(`${algorithm}/${version}`).digest('hex');
}
