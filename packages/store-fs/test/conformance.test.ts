import { describeArtifactStore } from "@trainyard/core/testing";
import { tempStore } from "./temp-store.ts";

describeArtifactStore("fsStore", { create: tempStore });
