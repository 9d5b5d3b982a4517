export interface Point {
  x: number;
  y: number;
}

/**
 * How far each row of a layout has to move so that the spine becomes one vertical line.
 * What stands in a row moves together, so nothing can come to lie on something else.
 */
export function rowShift(spine: Point[]): (y: number) => number {
  return (y) => {
    let nearest = spine[0]!;
    for (const point of spine) if (Math.abs(point.y - y) < Math.abs(nearest.y - y)) nearest = point;
    return y > spine.at(-1)!.y + 1 ? -spine.at(-1)!.x : -nearest.x;
  };
}
