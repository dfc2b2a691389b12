// A real page gives the token to a video client. This one says that it came; the token itself is never shown.
document.addEventListener('room-token', ({detail: {room, participant}}) => {
  document.querySelector('[role=status]').textContent = `${participant.name} has a token for ${room.name}.`;
});
