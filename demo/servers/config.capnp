# The Worker on workerd alone. It keeps its counts in the folder `limits`. The variables that proxy.ts describes come
# from the environment.
using Workerd = import "/workerd/workerd.capnp";

const config :Workerd.Config = (
  services = [
    (name = "proxy", worker = .proxy),
    (name = "internet", network = (allow = ["public", "private"], tlsOptions = (trustBrowserCas = true))),
    (name = "limits", disk = (path = "limits", writable = true)),
  ],
  sockets = [(name = "http", address = "127.0.0.1:8787", http = (), service = "proxy")],
);

const proxy :Workerd.Worker = (
  modules = [(name = "worker.js", esModule = embed "worker.js")],
  compatibilityDate = "2026-10-01",
  durableObjectNamespaces = [(className = "LimitsObject", uniqueKey = "greenroom", enableSql = true)],
  durableObjectStorage = (localDisk = "limits"),
  bindings = [
    (name = "LIMITS_OBJECT", durableObjectNamespace = "LimitsObject"),
    (name = "PLATFORM_URL", fromEnvironment = "PLATFORM_URL"),
    (name = "APP_ID", fromEnvironment = "APP_ID"),
    (name = "APP_KEY", fromEnvironment = "APP_KEY"),
    (name = "ORIGINS", fromEnvironment = "ORIGINS"),
    (name = "GRANT_KEYS", fromEnvironment = "GRANT_KEYS"),
    (name = "USER_REF_SECRET", fromEnvironment = "USER_REF_SECRET"),
    (name = "GUEST_ROOMS", fromEnvironment = "GUEST_ROOMS"),
    (name = "SERVER_URL", fromEnvironment = "SERVER_URL"),
    (name = "LIMITS", fromEnvironment = "LIMITS"),
  ],
);
