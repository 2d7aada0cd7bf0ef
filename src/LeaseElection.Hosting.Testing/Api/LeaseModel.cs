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
    private readonly Dictionary<string, LeaseListRest> _rests = [];
    private long _version = 1000;
    private long _oldest;
    private int _lists;

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
                (_, "list") => new ApiResult(200, List(route)),
                (_, "create") => new ApiResult(201, Create(route.Namespace, LeaseRules.Parse(body))),
                (_, "update") => new ApiResult(200, Replace(route.Namespace, route.Name!, LeaseRules.Parse(body))),
                _ => Deleted(route, body),
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

    /// <summary>
    /// Whether all leases that this holder has beside one, those by which members show themselves above all, are renewed as they should be:
    /// within a third of their duration, the longest pause that there may be between two renewals of a member.
    /// </summary>
    /// <param name="holder">Who holds them.</param>
    /// <param name="own">The one that does not count.</param>
    /// <param name="tolerance">How late a renewal may be.</param>
    public bool AreRenewed(string holder, (string Namespace, string Name) own, TimeSpan tolerance)
    {
        lock (_lock)
        {
            return _leases.All(entry => entry.Key == own || (string?)entry.Value["spec"]?["holderIdentity"] != holder
                || (string?)entry.Value["spec"]!["renewTime"] is not { } renewed
                || time.GetUtcNow() - DateTimeOffset.Parse(renewed, CultureInfo.InvariantCulture)
                    <= tolerance + (TimeSpan.FromSeconds((int?)entry.Value["spec"]!["leaseDurationSeconds"] ?? 0) / 3));
        }
    }

    /// <summary>A page of the leases that are asked for, by name; the rest is kept as it is now for the next page.</summary>
    public JsonObject List(LeaseRoute route)
    {
        lock (_lock)
        {
            LeaseListRest rest = route.Query["continue"] is { Length: > 0 } token
                ? _rests.GetValueOrDefault(token) ?? throw ApiRefusal.ListExpired()
                : new LeaseListRest(_version, [.. Selected(route)]);
            string next = string.Create(CultureInfo.InvariantCulture, $"{rest.Version}-{++_lists}");
            return rest.TakePage(route.Query["limit"], next, left => _rests[next] = left);
        }
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
            return Commit(leaseNamespace, name, stored);
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
            return JsonNode.DeepEquals(stored, current) ? Copy(current) : Commit(leaseNamespace, name, stored);
        }
    }

    /// <param name="leaseNamespace">The namespace.</param>
    /// <param name="name">The lease.</param>
    /// <param name="preconditions">The uid and the version that it must have.</param>
    public void Delete(string leaseNamespace, string name, JsonNode? preconditions = null)
    {
        lock (_lock)
        {
            if (!_leases.TryGetValue((leaseNamespace, name), out JsonObject? lease))
                throw ApiRefusal.NotFound(name);
            foreach ((string field, string word) in
                (ReadOnlySpan<(string, string)>)[("uid", "UID"), ("resourceVersion", "ResourceVersion")])
            {
                if ((string?)preconditions?[field] is { } wanted && wanted != (string?)lease["metadata"]![field])
                {
                    throw ApiRefusal.Conflict(
                        name, $"Precondition failed: {word} in precondition: {wanted}, {word} in object meta: {lease["metadata"]![field]}");
                }
            }

            Commit(leaseNamespace, name, after: null);
        }
    }

    /// <summary>Everything that happened until now can no longer be watched from.</summary>
    public void Compact()
    {
        lock (_lock)
        {
            _oldest = _version;
            _history.Clear();
            _rests.Clear();
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
                    watch.Tell(new LeaseChange(leaseNamespace, name, VersionOf(lease), Before: null, lease));
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

    private JsonObject Commit(string leaseNamespace, string name, JsonObject? after)
    {
        JsonObject? before = _leases.GetValueOrDefault((leaseNamespace, name));
        _version++;
        if (after is null)
        {
            _leases.Remove((leaseNamespace, name));
        }
        else
        {
            after["metadata"]!["resourceVersion"] = _version.ToString(CultureInfo.InvariantCulture);
            _leases[(leaseNamespace, name)] = after;
        }

        var change = new LeaseChange(leaseNamespace, name, _version, before, after is null ? null : Copy(after));
        _history.Add(change);
        if (_history.Count > RememberedChanges)
        {
            _oldest = _history[0].Version;
            _history.RemoveAt(0);
        }

        _watches.ForEach(watch => watch.Tell(change));
        return Copy(after ?? before!);
    }

    private IEnumerable<JsonObject> Selected(LeaseRoute route) => _leases
        .Where(lease => route.Selects(lease.Key.Namespace, lease.Key.Name, lease.Value))
        .OrderBy(lease => lease.Key.Name, StringComparer.Ordinal)
        .Select(lease => Copy(lease.Value));

    private ApiResult Deleted(LeaseRoute route, string body)
    {
        Delete(route.Namespace, route.Name!, LeaseRules.Preconditions(body));
        return new ApiResult(200, new JsonObject
        {
            ["kind"] = "Status",
            ["apiVersion"] = "v1",
            ["status"] = "Success",
            ["details"] = new JsonObject { ["name"] = route.Name, ["group"] = "coordination.k8s.io", ["kind"] = "leases" },
        });
    }

    private static long VersionOf(JsonObject lease) =>
        long.Parse((string)lease["metadata"]!["resourceVersion"]!, CultureInfo.InvariantCulture);

    private static JsonObject Copy(JsonObject lease) => (JsonObject)lease.DeepClone();
}
