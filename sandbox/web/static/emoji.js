// Whether this machine has a font that draws emoji: two of them look the same where it has none.

const canvas = document.createElement("canvas");
canvas.width = canvas.height = 24;
const pen = canvas.getContext("2d", { willReadFrequently: true });

function drawn(character) {
  pen.clearRect(0, 0, 24, 24);
  pen.font = "16px sans-serif";
  pen.fillText(character, 0, 18);
  return pen.getImageData(0, 0, 24, 24).data.join();
}

if (drawn("\u{1F514}") === drawn("\u{1F4CC}")) document.documentElement.classList.add("no-emoji");
