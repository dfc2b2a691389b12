import {css} from 'lit';

/** The looks of `<room-users>`. */
export const styles = css`
  [part='header'] {
    display: flex;
    gap: calc(3 * var(--_space));
    align-items: baseline;
    justify-content: space-between;
  }
  /* One line, so that nothing moves when the number appears beside it. */
  h2 {
    border-radius: 0;
    overflow: hidden;
    font-size: 1em;
    text-overflow: ellipsis;
    white-space: nowrap;
  }
  [part='count'] {
    color: var(--_muted);
    font-size: 0.875em;
    white-space: nowrap;
  }
  [part='box'] {
    display: flex;
    flex-direction: column;
    position: relative;
    border: 1px solid var(--_raised);
    background: var(--_surface);
    block-size: var(--room-users-size, 256px);
    padding: var(--_space);
  }
  ul,
  [aria-busy] {
    flex: 1;
    min-block-size: 0;
    padding: 0;
    list-style: none;
  }
  ul {
    overflow: auto;
  }
  [aria-busy] {
    background: linear-gradient(var(--_raised) 86%, transparent 0) 0 0 / 100% calc(11 * var(--_space));
    forced-color-adjust: none;
  }
  li {
    display: flex;
    gap: calc(3 * var(--_space));
    align-items: center;
    justify-content: space-between;
    min-block-size: calc(11 * var(--_space));
    padding: calc(1.5 * var(--_space)) calc(3 * var(--_space));
    /* Combining marks stacked on a letter stay inside their row. */
    overflow: clip;
  }
  [part='name'] {
    display: -webkit-box;
    -webkit-box-orient: vertical;
    -webkit-line-clamp: 3;
    /* Round corners would cut off parts of letters. */
    border-radius: 0;
    overflow: hidden;
    overflow-wrap: anywhere;
  }
  [part='role'] {
    flex: none;
    border: 1px solid var(--_raised);
    border-radius: 1em;
    padding-inline: calc(2 * var(--_space));
    color: var(--_muted);
    font-size: 0.875em;
  }
  [part~='status'] {
    padding: calc(2 * var(--_space)) calc(3 * var(--_space));
    font-size: 0.875em;
  }
  [part~='failure'] {
    color: var(--_danger);
  }
  .instead {
    align-items: center;
    justify-content: center;
    overflow: auto;
    text-align: center;
  }
  .instead [part~='status'] {
    font-size: 1em;
  }
  .unseen {
    position: absolute;
    inset-block-start: 0;
    clip-path: inset(50%);
  }
`;
