/** Where a tile is, in parts of the whole: from 0 to 1. */
export interface Place {
  x: number;
  y: number;
  width: number;
  height: number;
}

/** The shape of a picture that fits best, width to height. */
const SHAPE = 16 / 9;
/** How much of the stage is left to the others beside a shared screen. */
const STRIP = 0.22;
/** Rows that fit into the stage; with more of them it scrolls. */
const ROWS = 5;

/**
 * Places for a number of tiles. Tiles that stay only grow and shrink.
 *
 * @param shape - Width to height of the stage.
 * @param isFocused - Whether the first tile is the one that matters, such as a screen.
 */
export function placesOf(count: number, shape: number, isFocused = false): Place[] {
  if (!isFocused || count < 2) return gridOf(count, shape);
  const isWide = shape >= 1;
  const others = count - 1;
  const size = 1 / Math.max(others, 3);
  const strip = Array.from({length: others}, (_, at): Place => {
    return isWide
      ? {x: 1 - STRIP, y: at * size, width: STRIP, height: size}
      : {x: at * size, y: 1 - STRIP, width: size, height: STRIP};
  });
  const first = isWide ? {x: 0, y: 0, width: 1 - STRIP, height: 1} : {x: 0, y: 0, width: 1, height: 1 - STRIP};
  return [first, ...strip];
}

function gridOf(count: number, shape: number): Place[] {
  const columns = columnsOf(count, shape);
  const rows = Math.min(Math.ceil(count / columns), ROWS);
  return Array.from({length: count}, (_, at) => ({
    x: (at % columns) / columns,
    y: Math.floor(at / columns) / rows,
    width: 1 / columns,
    height: 1 / rows,
  }));
}

/** The number of columns with which the pictures are largest. */
function columnsOf(count: number, shape: number): number {
  let best = 1;
  let largest = 0;
  for (let columns = 1; columns <= count; columns++) {
    const rows = Math.ceil(count / columns);
    const width = Math.min(shape / columns, SHAPE / rows);
    if (width <= largest) continue;
    largest = width;
    best = columns;
  }
  return best;
}
