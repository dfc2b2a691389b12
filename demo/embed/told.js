// What a page does with a token: here it says so, where a video client would take it. The token itself is shown nowhere.
document.addEventListener('room-token', ({detail: {room, participant}}) => {
  document.querySelector('[role=status]').textContent = `${participant.name} has a token for ${room.name}.`;
});
