/** Most bytes that wait for a reader. */
const MOST = 1024 * 1024;

/**
 * Where the lines of a log go: standard output or error. Node writes to a pipe without waiting. If nobody reads it, such as
 * a paused pager or a log shipper that hangs, the server goes on: after 1 MiB further lines are dropped, and a line says
 * how many once somebody reads again. If the reader is gone, the server goes on without a log.
 */
export function logStream(stream: NodeJS.WriteStream): {write(line: string): void} {
  let count = 0;
  stream.on('error', () => {}); // The reader is gone.
  stream.on('drain', () => {
    if (count > 0) stream.write(droppedLine(count));
    count = 0;
  });
  return {
    write(line) {
      if (!stream.writable) return;
      if (stream.writableLength > MOST) count++;
      else stream.write(line);
    },
  };
}

/** The line for lines that were dropped, as JSON. */
const droppedLine = (lines: number) => {
  const message = `${lines} lines of the log were dropped, because nobody read them.`;
  return `${JSON.stringify({level: 'warn', time: new Date().toISOString(), message})}\n`;
};
