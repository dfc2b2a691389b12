import 'greenroom';
import type {TokenDetail} from 'greenroom';
import type {} from 'greenroom/react';
import {useEffect, useState} from 'react';

export function App() {
  const [open, setOpen] = useState(true);
  const [tokens, setTokens] = useState<TokenDetail[]>([]);
  return (
    <>
      <h1>Greenroom with React</h1>
      <button onClick={() => setOpen(!open)}>{open ? 'Leave the lounge' : 'Enter the lounge'}</button>
      {open && <Lounge onToken={token => setTokens(before => [...before, token])} />}
      <p role="status">Tokens: {tokens.map(({room}) => room.name).join(', ') || 'none'}</p>
    </>
  );
}

function Lounge({onToken}: {onToken: (token: TokenDetail) => void}) {
  // StrictMode mounts twice while one develops; the tests look at whether it did.
  useEffect(() => void performance.mark('mounted'), []);
  return (
    <section>
      <room-picker id="rooms" endpoint="/api" />
      <join-button for="rooms" user-name="Ann" onroom-token={({detail}) => onToken(detail)} />
    </section>
  );
}
