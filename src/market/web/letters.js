// Forms behind links in letters. The link's token stands behind #, so that no server and no log ever saw it.
"use strict";
const token = new URLSearchParams(location.hash.slice(1)).get("token");
history.replaceState(null, "", location.pathname);

async function ask(path, body, bearer) {
  const headers = { "Content-Type": "application/json", "Accept-Language": document.documentElement.lang };
  if (bearer) headers.Authorization = `Bearer ${bearer}`;
  const answer = await fetch(`/api/v1${path}`, { method: "POST", headers, body: JSON.stringify(body) });
  const said = answer.status === 204 ? {} : await answer.json();
  if (!answer.ok) throw new Error([said.detail, ...(said.errors || []).map((one) => one.message)].filter(Boolean).join(" "));
  return said;
}

async function asOneself(given, work) {
  const shown = { identifier: given.identifier, password: given.password };
  if (given.second_factor) shown.second_factor = given.second_factor;
  const bearer = (await ask("/auth/token", shown)).access_token;
  try {
    await work(bearer);
  } finally {
    await ask("/auth/sign-out", {}, bearer);
  }
}

function proof(given, name) {
  return token ? { token } : { [name]: given[name], code: given.code };
}

const doings = {
  password: (given) => ask("/auth/reset", { ...proof(given, "identifier"), password: given.password }),
  "second-factor": (given) => ask("/auth/second-factor/remove", proof(given, "identifier")),
  join: (given) =>
    ask("/auth/invitations/accept", { ...proof(given, "contact"), full_name: given.full_name, password: given.password }),
  "join-known": (given) => asOneself(given, (bearer) => ask("/me/invitations/accept", { token }, bearer)),
  contact: (given, form) =>
    asOneself(given, (bearer) => ask(`/me/contacts/${form.dataset.id}/prove`, token ? { token } : { code: given.code }, bearer)),
};

for (const form of document.forms) {
  for (const part of form.querySelectorAll(token ? "[data-without-link]" : "[data-with-link]")) part.remove();
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const told = form.querySelector("output"), button = form.querySelector("button");
    button.disabled = true;
    told.textContent = "…";
    try {
      await doings[form.dataset.does](Object.fromEntries(new FormData(form)), form);
      told.textContent = form.dataset.done;
      form.querySelectorAll("label").forEach((label) => label.remove());
      button.remove();
    } catch (error) {
      told.textContent = error.message;
      button.disabled = false;
    }
  });
}
