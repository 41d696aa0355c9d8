"use strict";
// What the viewer of the documents is told: the tenant that the console has open, a token,
// and to send nothing by itself that an operation does not require.

const place = document.getElementById("swagger-ui");
const query = new URLSearchParams(location.search);
const kept = (name) => {
  try {
    return localStorage.getItem("finhub-sandbox." + name);
  } catch {
    return null;
  }
};
const tenant = query.get("tenant") || kept("tenant") || place.dataset.tenant;
const control = query.get("document") === "control";

// settle prepares what a parameter is filled with.
function settle(parameter, spec) {
  let schema = parameter.schema || {};
  if (schema.$ref) schema = parameter.schema = { ...spec.components.schemas[schema.$ref.split("/").pop()] };
  if (["x-tenant-id", "tenantid", "ownertenantid"].includes(String(parameter.name).toLowerCase())) {
    delete schema.example;
    parameter.example = tenant;
  } else if (!parameter.required) {
    if (schema.default !== undefined) parameter.description = `${parameter.description || ""} Without it: ${schema.default}.`;
    for (const of of [parameter, schema]) for (const name of ["example", "examples", "default"]) delete of[name];
  }
}

function prepare(spec) {
  for (const parameter of Object.values((spec.components || {}).parameters || {})) settle(parameter, spec);
  for (const path of Object.values(spec.paths)) {
    for (const of of [path, ...Object.values(path)]) for (const parameter of of.parameters || []) if (parameter.name) settle(parameter, spec);
  }
  if (place.dataset.port && !control) {
    for (const server of spec.servers) server.url = `${location.protocol}//${location.hostname}:${place.dataset.port}${server.url}`;
  }
  return spec;
}

// methods are in the order in which something lives.
const methods = ["post", "get", "put", "patch", "delete"];

function authorize(ui) {
  const choice = document.getElementById("token");
  if (!choice || control) return;
  choice.value = kept("token") ?? choice.value;
  const apply = () => (choice.value ? ui.preauthorizeApiKey("bearerAuth", choice.value) : ui.authActions.logout(["bearerAuth"]));
  apply();
  choice.addEventListener("change", () => {
    keep("token", choice.value);
    apply();
  });
}

function surround() {
  const field = document.getElementById("tenant");
  field.value = tenant;
  keep("tenant", tenant);
  const from = `/tenants/${encodeURIComponent(place.dataset.tenant)}/`;
  const to = `/tenants/${encodeURIComponent(tenant)}/`;
  for (const link of document.querySelectorAll("nav a")) link.setAttribute("href", link.getAttribute("href").replace(from, to));
  for (const form of document.querySelectorAll("header form")) form.setAttribute("action", form.getAttribute("action").replace(from, to));
  const choice = document.getElementById("document");
  choice.value = control ? "control" : "";
  choice.addEventListener("change", () => {
    query.set("tenant", tenant);
    query.set("document", choice.value);
    location.search = query;
  });
  if (control && document.getElementById("token")) document.getElementById("token").closest("label").hidden = true;
}

async function view() {
  surround();
  const reply = await fetch(control ? "/_sandbox/control.json" : "/_sandbox/openapi.json");
  const ui = SwaggerUIBundle({
    spec: prepare(await reply.json()),
    domNode: place,
    deepLinking: true,
    showExtensions: true,
    showCommonExtensions: true,
    defaultModelsExpandDepth: -1,
    validatorUrl: null,
    operationsSorter: (a, b) => methods.indexOf(a.get("method")) - methods.indexOf(b.get("method")),
    onComplete: () => setTimeout(() => authorize(ui)),
  });
  window.ui = ui;
}
view();
