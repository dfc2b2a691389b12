// Hands a request to the object that its path names.
export default {
  fetch(request, {LIMITS_OBJECT: objects}) {
    const {pathname} = new URL(request.url);
    return objects.get(objects.idFromName(pathname)).fetch(request);
  },
};
