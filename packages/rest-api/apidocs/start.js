// Shows the document of the server that this page comes from. A server with a key wants it for the document too; it is kept in
// memory only, and also sent with the calls that are tried out.
const form = document.getElementById("key-form");
const field = document.getElementById("key");
const problem = document.getElementById("problem");

/** Loads and shows the document; asks for the key when the server wants one. */
async function show(key) {
  const response = await fetch("../apidocs.json", { headers: key === "" ? {} : { "X-API-Key": key } }).catch(() => undefined);
  if (response?.status === 200) {
    form.hidden = true;
    start(await response.json(), key);
    return;
  }
  form.hidden = false;
  field.focus();
  if (response?.status === 401) problem.textContent = key === "" ? "" : "The server does not know this key.";
  else problem.textContent = response === undefined ? "The server does not answer." : `The server answers ${response.status}.`;
}

function start(spec, key) {
  const ui = window.SwaggerUIBundle({
    spec,
    dom_id: "#api",
    deepLinking: true,
    defaultModelsExpandDepth: 0,
    docExpansion: "list",
    displayOperationId: true,
    filter: true,
    validatorUrl: null,
    onComplete: () => key !== "" && ui.preauthorizeApiKey("apiKey", key),
  });
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  show(field.value);
});
show("");
