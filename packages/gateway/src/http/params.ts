function decodeOnce(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch (error) {
    // A client that does not escape may send a bare percent sign; then the segment means itself (ID-030).
    if (error instanceof URIError) return segment;
    throw error;
  }
}

/** Values of the `:name` segments of a pattern in a path that matched it, percent-decoded exactly once (ID-030). */
export function decodedParams(pattern: string, pathname: string): Readonly<Record<string, string>> {
  const segments = pathname.split('/');
  return Object.fromEntries(
    pattern
      .split('/')
      .flatMap((part, index) => (part.startsWith(':') ? [[part.slice(1), decodeOnce(segments[index] ?? '')]] : [])),
  );
}
