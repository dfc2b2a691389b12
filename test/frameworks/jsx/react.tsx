/** @jsxImportSource react */
import {httpRooms, type JoinButton} from 'greenroom';
import type {} from 'greenroom/react';
import {createRef} from 'react';

const rooms = httpRooms({endpoint: '/api'});
const button = createRef<JoinButton>();

export const right = (
  <main>
    <room-picker
      id="rooms"
      className="wide"
      aria-label="Rooms"
      endpoint="/api"
      required
      no-search={false}
      showUsers
      refresh={30}
      onroom-select={event => event.detail.room.name.trim()}
    >
      <p slot="empty">None.</p>
    </room-picker>
    <join-button
      ref={button}
      for="rooms"
      user-name="Ann"
      user-role="participant"
      rooms={rooms}
      data={{seat: 1}}
      onroom-token={({detail}) => detail.expiresAt.getTime()}
    >
      Come in
    </join-button>
    <room-editor room-id="abc" onroom-saved={({detail}) => detail.room.room_id.trim()} />
    <room-users for="rooms" refresh={10} onroom-error={({detail}) => detail.error.code.trim()} />
  </main>
);

export const wrong = [
  // @ts-expect-error A number is wanted.
  <room-picker key="1" refresh="often" />,
  // @ts-expect-error There is no such property.
  <room-picker key="2" userName="Ann" />,
  // @ts-expect-error There is no such role.
  <join-button key="3" user-role="boss" />,
  // @ts-expect-error A token has no name.
  <join-button key="4" onroom-token={({detail}) => detail.name} />,
  // @ts-expect-error No token comes from a picker: its listener would be any property's, a text among them.
  <room-users key="5" onroom-error="listener" />,
];
