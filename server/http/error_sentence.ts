/** The sentence of an error body as every safekeeper writes it; undefined when it is not one. */
export function errorSentence(body: string): string | undefined {
  try {
    const { error } = JSON.parse(body) as { error?: unknown };
    return typeof error === 'string' ? error : undefined;
  } catch {
    return undefined;
  }
}
