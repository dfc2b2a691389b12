import {css} from 'lit';

/** The looks of `<join-button>`. */
export const styles = css`
  /* Both labels share one cell, so the button has the size of the larger one. As wide as it, a new label moves nothing. */
  button {
    display: grid;
    align-items: center;
  }
  button > * {
    grid-area: 1 / 1;
  }
  [aria-busy='true'] > :first-child,
  [aria-busy='false'] > :last-child {
    visibility: hidden;
  }
  /* The status keeps its size whatever it says. */
  .lines {
    container-type: inline-size;
    contain-intrinsic-inline-size: 320px;
    display: flow-root;
  }
  p {
    color: var(--_muted);
    font-size: 0.875em;
  }
  .over {
    display: none;
  }
  .lines::before {
    content: '';
    float: inline-start;
    block-size: 2.8em;
  }
  @container (inline-size < 36em) {
    .lines::before {
      block-size: 4.2em;
    }
  }
  @container (inline-size < 20em) {
    .lines::before {
      block-size: 5.6em;
    }
  }
  @container (inline-size < 12em) {
    .lines::before {
      block-size: 7em;
    }
  }
  [part~='leave'] {
    --_fill: var(--_surface);
    border-color: var(--_edge);
    color: var(--_text);
  }
  .failed {
    color: var(--_danger);
  }
  .unseen {
    position: absolute;
    clip-path: inset(50%);
  }
`;
