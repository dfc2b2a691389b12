import {css} from 'lit';

/** How the list and its rows look. */
export const rows = css`
  [part~='list'] {
    /* A row with a line for its name and one for its description. */
    --_row: calc(2.625em + 4 * var(--_space) + 2px);
    border: 1px solid var(--_raised);
    background: var(--_surface);
    block-size: var(--room-list-size, 20rem);
    padding: var(--_space);
    overflow: auto;
    list-style: none;
    container-type: inline-size;
    contain-intrinsic-inline-size: 20em;
  }
  div[part~='list'] {
    display: grid;
    place-content: center;
    place-items: center;
    gap: calc(3 * var(--_space));
    text-align: center;
  }
  [part~='failure'] {
    color: var(--_danger);
  }
  li {
    display: grid;
    grid-template-columns: 1fr fit-content(60%);
    column-gap: calc(3 * var(--_space));
    place-content: center stretch;
    place-items: baseline start;
    min-block-size: var(--_row);
    border: 1px solid transparent;
    border-radius: calc(var(--room-radius, 10px) - var(--_space));
    padding: calc(2 * var(--_space)) calc(3 * var(--_space));
    overflow-wrap: anywhere;
    /* Also what is written the other way; Firefox does so anyway. */
    text-align: -webkit-match-parent;
    /* Marks piled on a letter stay in their own row. */
    overflow: clip;
  }
  /* A line, whatever is said at its end: that changes, and nothing is to move then. */
  [part='name'],
  span {
    overflow: clip;
    /* For what leans out of its letter's place. */
    overflow-clip-margin: 2px;
    min-inline-size: 0;
    max-inline-size: 100%;
    text-overflow: ellipsis;
    white-space: nowrap;
  }
  span {
    justify-self: end;
  }
  span + bdi {
    display: -webkit-box;
    overflow: hidden;
    -webkit-box-orient: vertical;
    -webkit-line-clamp: 2;
    /* Round corners would take a piece of the letters. */
    border-radius: 0;
  }
  span + bdi,
  ::slotted(*) {
    grid-column: 1 / -1;
  }
  /* In a sidebar, on a telephone, at 400 %: a line of its own for what is said at the end, also while it is empty. */
  @container (max-width: 22em) {
    li {
      grid-template-columns: 100%;
    }
    span {
      order: 1;
      justify-self: start;
      min-block-size: 1lh;
    }
    [part='name'] {
      display: -webkit-box;
      -webkit-box-orient: vertical;
      -webkit-line-clamp: 3;
      overflow: hidden;
      white-space: normal;
    }
  }
  [part='heading'] {
    padding: calc(3 * var(--_space)) calc(3 * var(--_space) + 1px) 0;
  }
  /* Out of sight a chunk costs nothing; until it was seen once it is taken to be as high as its rows usually are. */
  [part='rows'] {
    content-visibility: auto;
    contain-intrinsic-block-size: auto calc(50 * var(--_row));
    /* It cuts off what is beyond its edge, and round corners would cut those of its rows. */
    border-radius: 0;
  }
  /* What is not drawn yet, or was drawn for another search. */
  .blank,
  .gone {
    content-visibility: hidden;
  }
  /* What is about to be removed; without a box, browsers would take longer to look through all that is in it. */
  .gone {
    contain-intrinsic-block-size: 0;
  }
  /* Fewer rows than a chunk is taken to have, or those that are seen first. */
  .laid {
    content-visibility: visible;
    contain: content;
  }
  [aria-disabled='false'] li:not([aria-disabled]):hover {
    background: var(--_raised);
    cursor: pointer;
  }
  [aria-selected='true'] {
    border-color: var(--_accent);
    /* A wider edge, since forced colours draw every border alike; the text stays where it is. */
    border-inline-start-width: 4px;
    padding-inline-start: calc(3 * var(--_space) - 3px);
    background: var(--_chosen);
  }
  [part='name'],
  [part='heading'] {
    font-weight: 600;
  }
  [part='heading'],
  span,
  span + bdi {
    color: var(--_muted);
    font-size: 0.875em;
  }
  ul:focus-visible [data-active] {
    outline: 2px solid var(--_accent);
    outline-offset: -2px;
  }
  [aria-busy='true'] {
    background: linear-gradient(var(--_raised) 92%, transparent 0) 0 0 / 100% var(--_row) content-box;
    forced-color-adjust: none;
  }
  [role='status'] {
    position: absolute;
    clip-path: inset(50%);
  }
  @media print {
    [part~='list'] {
      block-size: auto;
      overflow: visible;
    }
    [part='rows'] {
      content-visibility: visible;
    }
  }
`;
