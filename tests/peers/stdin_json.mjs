// One JSON document on standard input, one on standard output.
export async function readInput() {
  const chunks = [];
  for await (const chunk of process.stdin) {
    chunks.push(chunk);
  }
  return JSON.parse(Buffer.concat(chunks).toString('utf8'));
}

export function printResult(result) {
  process.stdout.write(`${JSON.stringify(result)}\n`);
}

/** The messages of an error and of every error it wraps. */
export function messagesOf(error) {
  if(!error) {
    return [];
  }
  return [error.message, ...(error.errors ?? []).flatMap(messagesOf), ...messagesOf(error.cause)];
}
