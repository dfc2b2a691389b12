// The pages of rooms on Workers, Deno, Bun and in every framework that takes a fetch handler: the same handler as
// `npx greenroom site`, which also serves the script. Here the script is named by its address.
import {roomSite} from '../../src/site/site.js';

const site = roomSite({
  endpoint: 'https://api.example/rooms',
  url: 'https://meet.example',
  name: 'Meet us',
  script: 'https://cdn.example/greenroom@0.1.0/dist/greenroom.min.js',
});

export default {fetch: (request: Request) => site(request)};
