// Refuses a Node that lacks what the packages use, before it fails in a less clear way.
const [major, minor] = process.versions.node.split(".").map(Number);
if (major < 22 || (major === 22 && minor < 18)) {
  console.error(
    `Node ${process.versions.node} is too old to work on Trainyard: 22.18 or newer is needed (\`.nvmrc\` names 24). ` +
      "On Linux `npm ci` brings one along; elsewhere install it, for example with nvm.",
  );
  process.exit(1);
}
