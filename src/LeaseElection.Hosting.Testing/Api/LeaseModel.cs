using System.Globalization;
using System.Text.Json.Nodes;

namespace LeaseElection.Hosting.Testing.Api;

/// <summary>
/// The leases of a cluster and their history, with the habits of kube-apiserver that an elector meets: one counter of versions for all,
/// PUT that may create, writes without effect that are dropped, preconditions on uid and resourceVersion.
/// </summary>
/// <param name="time">Says when a lease was made.</param>
internal sealed class LeaseModel(TimeProvider time)
{
    /// <summary>As many changes can be watched from; the server's watch cache forgets too.</summary>
    private const int RememberedChanges = 1000;

    private readonly Lock _lock = new();
    private readonly HashSet<string> _namespaces = ["default"];
    private readonly Dictionary<(string Namespace, string Name), JsonObject> _leases = [];
    private readonly List<LeaseChange> _history = [];
    private readonly List<LeaseWatch> _watches = [];
    private long _version = 1000;
    private long _oldest;

    public long Version
    {
        get
        {
            lock (_lock)
                return _version;
        }
    }

    public void AddNamespace(string name)
    {
        lock (_lock)
            _namespaces.Add(name);
    }

    /// <summary>Carries out what is asked of one lease; refusals are answers too. Not for a watch.</summary>
    public ApiResult Answer(LeaseRoute route, string body)
    {
        try
        {
            return (route.IsCore, route.Verb) switch
            {
                (true, "create") => new ApiResult(201, []),
                (true, _) => new ApiResult(200, []),
                (_, "get") => new ApiResult(200, Get(route.Namespace, route.Name!)),
                (_, "create") => new ApiResult(201, Create(route.Namespace, LeaseRules.Parse(body))),
                (_, "update") => new ApiResult(200, Replace(route.Namespace, route.Name!, LeaseRules.Parse(body))),
                _ => Deleted(route),
            };
        }
        catch (ApiRefusal refusal)
        {
            return refusal.ToResult();
        }
    }

    /// <summary>Several changes that nobody comes between.</summary>
    public void Change(Action change)
    {
        lock (_lock)
            change();
    }

    public JsonObject Get(string leaseNamespace, string name)
    {
        lock (_lock)
            return Copy(_leases.GetValueOrDefault((leaseNamespace, name)) ?? throw ApiRefusal.NotFound(name));
    }

    public JsonObject? Find(string leaseNamespace, string name)
    {
        lock (_lock)
            return _leases.TryGetValue((leaseNamespace, name), out JsonObject? lease) ? Copy(lease) : null;
    }

    public JsonObject Create(string leaseNamespace, JsonObject lease)
    {
        lock (_lock)
        {
            string name = (string?)lease["metadata"]?["name"]
                ?? throw ApiRefusal.Invalid("", "metadata.name: Required value: name is required");
            if (!_namespaces.Contains(leaseNamespace))
                throw ApiRefusal.NamespaceNotFound(leaseNamespace);
            if (lease["metadata"]!["resourceVersion"] is not null)
                throw ApiRefusal.BadRequest("resourceVersion should not be set on objects to be created");
            LeaseRules.Validate(name, lease);
            if (_leases.ContainsKey((leaseNamespace, name)))
                throw ApiRefusal.AlreadyExists(name);

            JsonObject stored = Copy(lease);
            var metadata = (JsonObject)stored["metadata"]!;
            metadata["namespace"] = leaseNamespace;
            metadata["uid"] = Guid.NewGuid().ToString();
            metadata["creationTimestamp"] = time.GetUtcNow().ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
            metadata["managedFields"] = new JsonArray(new JsonObject { ["manager"] = "LeaseElection.Hosting", ["operation"] = "Update" });
            return Commit("ADDED", leaseNamespace, name, stored);
        }
    }

    public JsonObject Replace(string leaseNamespace, string name, JsonObject lease)
    {
        lock (_lock)
        {
            string? uid = (string?)lease["metadata"]?["uid"];
            string? version = (string?)lease["metadata"]?["resourceVersion"];
            if ((string?)lease["metadata"]?["name"] != name)
            {
                throw ApiRefusal.BadRequest(
                    $"the name of the object ({lease["metadata"]?["name"]}) does not match the name on the URL ({name})");
            }

            if (_leases.GetValueOrDefault((leaseNamespace, name)) is not { } current)
            {
                if (uid is not null)
                {
                    throw ApiRefusal.Conflict(
                        name, $"StorageError: invalid object, Code: 4, Key: /registry/leases/{leaseNamespace}/{name}, ResourceVersion: 0, "
                        + $"AdditionalErrorMsg: Precondition failed: UID in precondition: {uid}, UID in object meta: ");
                }
                // The trap: the version is not compared with an object that is not there (AllowCreateOnUpdate).
                JsonObject created = Copy(lease);
                ((JsonObject)created["metadata"]!).Remove("resourceVersion");
                return Create(leaseNamespace, created);
            }

            var metadata = (JsonObject)current["metadata"]!;
            if (uid is not null && uid != (string?)metadata["uid"])
            {
                throw ApiRefusal.Conflict(
                    name, $"Precondition failed: UID in precondition: {uid}, UID in object meta: {metadata["uid"]}");
            }
            if (version is null)
                throw ApiRefusal.Invalid(name, "metadata.resourceVersion: Invalid value: 0x0: must be specified for an update");
            if (version != (string?)metadata["resourceVersion"])
                throw ApiRefusal.Modified(name);
            LeaseRules.Validate(name, lease);

            JsonObject stored = Copy(lease);
            foreach (string field in (string[])["namespace", "uid", "creationTimestamp", "managedFields", "resourceVersion"])
                stored["metadata"]![field] = metadata[field]?.DeepClone();
            // Nothing changed: no new version, and nobody is told.
            return JsonNode.DeepEquals(stored, current) ? Copy(current) : Commit("MODIFIED", leaseNamespace, name, stored);
        }
    }

    public void Delete(string leaseNamespace, string name)
    {
        lock (_lock)
        {
            if (!_leases.TryGetValue((leaseNamespace, name), out JsonObject? lease))
                throw ApiRefusal.NotFound(name);
            Commit("DELETED", leaseNamespace, name, Copy(lease));
        }
    }

    /// <summary>Everything that happened until now can no longer be watched from.</summary>
    public void Compact()
    {
        lock (_lock)
        {
            _oldest = _version;
            _history.Clear();
        }
    }

    /// <summary>Adds a watch and feeds it what happened since the version it names.</summary>
    public void Open(LeaseWatch watch)
    {
        lock (_lock)
        {
            LastWatch = watch;
            if (watch.Since is not { } since)
            {
                foreach (((string leaseNamespace, string name), JsonObject lease) in _leases)
                    watch.Tell(new LeaseChange("ADDED", leaseNamespace, name, _version, lease));
            }
            else if (since < _oldest)
            {
                // As the watch cache does it: 200, and the error as the first and only event.
                JsonObject status = ApiRefusal.Expired(since, _oldest).ToStatus();
                watch.Write(new JsonObject { ["type"] = "ERROR", ["object"] = status }.ToJsonString() + "\n");
                watch.End();
                return;
            }
            else
            {
                _history.Where(change => change.Version > since).ToList().ForEach(watch.Tell);
            }
            _watches.Add(watch);
        }
    }

    public void Close(LeaseWatch watch)
    {
        lock (_lock)
            _watches.Remove(watch);
        watch.Close();
    }

    /// <summary>The watch that was opened last, ended or not.</summary>
    public LeaseWatch? LastWatch { get; private set; }

    private JsonObject Commit(string type, string leaseNamespace, string name, JsonObject lease)
    {
        lease["metadata"]!["resourceVersion"] = (++_version).ToString(CultureInfo.InvariantCulture);
        if (type == "DELETED")
            _leases.Remove((leaseNamespace, name));
        else
            _leases[(leaseNamespace, name)] = lease;
        var change = new LeaseChange(type, leaseNamespace, name, _version, Copy(lease));
        _history.Add(change);
        if (_history.Count > RememberedChanges)
        {
            _oldest = _history[0].Version;
            _history.RemoveAt(0);
        }

        _watches.ForEach(watch => watch.Tell(change));
        return Copy(lease);
    }

    private ApiResult Deleted(LeaseRoute route)
    {
        Delete(route.Namespace, route.Name!);
        return new ApiResult(200, new JsonObject { ["kind"] = "Status", ["status"] = "Success" });
    }

    private static JsonObject Copy(JsonObject lease) => (JsonObject)lease.DeepClone();
}
