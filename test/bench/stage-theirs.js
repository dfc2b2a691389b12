// What the pages of the vendors' own clients have in common.

/** Calls `join` at a click on the page's button, with a token that it fetches from the token proxy. */
export function onJoin(room, join) {
  watch(document.body);
  document.querySelector('button').addEventListener('click', async () => {
    const response = await fetch(`/api/rooms/${room}/tokens`, {
      method: 'POST',
      headers: {'content-type': 'application/json', 'x-rooms-client': 'bench'},
      body: JSON.stringify({name: 'Ann', role: 'participant'}),
    });
    join(await response.json());
  });
}
