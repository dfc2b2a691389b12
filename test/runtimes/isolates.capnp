# Two isolates of the Worker, which share their Durable Objects, and a door through which a test reaches one object by its
# name.
using Workerd = import "/workerd/workerd.capnp";
using Example = import "config.capnp";

const config :Workerd.Config = (
  services = [
    (name = "proxy", worker = Example.proxy),
    (name = "other", worker = .other),
    (name = "door", worker = .door),
    (name = "internet", network = (allow = ["private"])),
    (name = "limits", disk = (path = "limits", writable = true)),
  ],
  sockets = [
    (name = "one", address = "127.0.0.1:0", http = (), service = "proxy"),
    (name = "other", address = "127.0.0.1:0", http = (), service = "other"),
    (name = "door", address = "127.0.0.1:0", http = (), service = "door"),
  ],
);

const objects :Workerd.Worker.Binding.DurableObjectNamespaceDesignator = (
  className = "LimitsObject",
  serviceName = "proxy",
);

const other :Workerd.Worker = (
  modules = [(name = "worker.js", esModule = embed "worker.js")],
  compatibilityDate = "2026-10-01",
  # In this isolate, the signal of a request aborts when its sender leaves. In `proxy` a request has no such signal.
  compatibilityFlags = ["enable_request_signal"],
  bindings = [
    (name = "LIMITS_OBJECT", durableObjectNamespace = .objects),
    (name = "PLATFORM_URL", fromEnvironment = "PLATFORM_URL"),
    (name = "APP_ID", fromEnvironment = "APP_ID"),
    (name = "APP_KEY", fromEnvironment = "APP_KEY"),
    (name = "ORIGINS", fromEnvironment = "ORIGINS"),
    (name = "GRANT_KEYS", fromEnvironment = "GRANT_KEYS"),
    (name = "USER_REF_SECRET", fromEnvironment = "USER_REF_SECRET"),
    (name = "GUEST_ROOMS", fromEnvironment = "GUEST_ROOMS"),
    (name = "LIMITS", fromEnvironment = "LIMITS"),
  ],
);

const door :Workerd.Worker = (
  modules = [(name = "door.js", esModule = embed "door.js")],
  compatibilityDate = "2026-10-01",
  bindings = [(name = "LIMITS_OBJECT", durableObjectNamespace = .objects)],
);
