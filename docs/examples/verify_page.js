// Removes the proof from the address bar. Sends it when a person presses the button, never on load.
const [uuid, token] = history.state ?? location.hash.slice(1).split("/");
history.replaceState([uuid, token], "", location.pathname);
addEventListener("hashchange", () => location.reload()); // another link in the same tab

const button = document.querySelector("button");
const status = document.querySelector("[role=status]");
button.hidden = !token;
if (!token) status.textContent = "Please open the link in the email again.";

button.addEventListener("click", async () => {
  button.disabled = true;
  try {
    const answer = await fetch("/verify_email", {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ uuid, token }),
    });
    status.textContent = await answer.text();
    button.hidden = answer.ok;
  } catch {
    status.textContent = "That didn’t work just now. Please try again in a moment.";
  }
  button.disabled = false;
});
