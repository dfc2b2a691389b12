/** @jsxImportSource solid-js */
import {httpRooms} from 'greenroom';
import type {} from 'greenroom/solid';

const rooms = httpRooms({endpoint: '/api'});

export const right = (
  <main>
    <room-picker id="rooms" class="wide" endpoint="/api" required refresh={30} prop:showUsers={true}>
      <p slot="empty">None.</p>
    </room-picker>
    <join-button
      for="rooms"
      attr:user-name="Ann"
      prop:rooms={rooms}
      prop:data={{seat: 1}}
      on:room-token={({detail}) => detail.expiresAt.getTime()}
    >
      Come in
    </join-button>
    <room-editor room-id="abc" on:room-saved={({detail}) => detail.room.room_id.trim()} />
    <room-users for="rooms" on:room-error={({detail}) => detail.error.code.trim()} />
  </main>
);

export const wrong = [
  // @ts-expect-error A number is wanted.
  <room-picker refresh="often" />,
  // @ts-expect-error There is no such property.
  <room-picker userName="Ann" />,
  // @ts-expect-error There is no such role.
  <join-button user-role="boss" />,
  // @ts-expect-error Rooms are not a text.
  <join-button prop:rooms="Lobby" />,
  // @ts-expect-error A token has no name.
  <join-button on:room-token={({detail}) => detail.name} />,
];
