// The WPS side: what its custom functions and its ribbon call. Experimental: run against a double in Node, not in WPS.
(function (world) {
  "use strict";
  class CellError extends Error {
    constructor(code, message) {
      super(message);
      this.code = code;
    }
  }
  const PANE = "arsheet.pane";
  const TOKEN = "arsheet.token";
  // WPS has no error objects of its own for custom functions: the promise is refused with this one
  world.CustomFunctions = world.CustomFunctions || { Error: CellError, ErrorCode: { invalidValue: "#VALUE!", notAvailable: "#N/A" } };

  const application = () => world.Application || (world.wps && world.wps.Application) || {};
  const storage = () => application().PluginStorage || world.localStorage;
  const home = () => `${world.location.origin}/`;

  /** Registers every declared function; WPS hands over the arguments alone, without an Invocation. */
  function register() {
    const wps = world.wps || application();
    if (!wps.AddCustomFunction) return 0;
    const names = Object.keys(world.arsheetDeclared.functions);
    names.forEach((name) => wps.AddCustomFunction(world.arsheetNamespace, name, (...given) => world.arsheet.call(name, [...given, {}])));
    return names.length;
  }

  /** Asks for the code that arsheet serve shows, and keeps it. */
  function connect() {
    const said = world.prompt(world.arsheet.say("wps_code"), "");
    const code = /token=([A-Za-z0-9_-]+)/.exec(said || "");
    const token = code ? code[1] : (said || "").trim();
    if (!token) return;
    storage().setItem(TOKEN, token);
    world.arsheet.setToken(token);
  }

  /** The buttons work on a file that the service was started with: they open its page beside the sheet. */
  function openPane() {
    const app = application();
    const known = storage().getItem(PANE);
    const pane = known && app.GetTaskPane ? app.GetTaskPane(known) : app.CreateTaskPane && app.CreateTaskPane(home());
    if (!pane) return world.open(home());
    storage().setItem(PANE, pane.ID);
    pane.Visible = true;
    return pane;
  }

  world.OnAddinLoad = (ribbon) => {
    world.arsheetRibbon = ribbon;
    world.arsheet.setToken(storage().getItem(TOKEN) || "");
    register();
    return true;
  };
  world.OnAction = (control) => {
    if (control.Id === "arsheet_connect") connect();
    else openPane();
    return true;
  };
  world.GetImage = (control) => `images/${control.Tag || "logo"}-32.png`;
})(globalThis);
