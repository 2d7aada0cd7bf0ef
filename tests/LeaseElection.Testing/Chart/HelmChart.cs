using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using LeaseElection.Testing.ApiServer;
using LeaseElection.Testing.Processes;

namespace LeaseElection.Testing.Chart;

/// <summary><c>charts/leader-elected-app</c>, rendered by helm.</summary>
public sealed record HelmChart
{
    /// <summary>The oldest version that the chart takes.</summary>
    public const string OldKubernetes = "1.20.2";

    /// <summary>By what helm was told: most tests look at the same combinations, and each rendering is a process.</summary>
    private static readonly ConcurrentDictionary<string, Lazy<Task<ProgramResult>>> Told = new();

    /// <summary>Where it is.</summary>
    public static string Folder { get; } = Path.Combine(Checkout.Root, "charts", "leader-elected-app");

    /// <summary>The combinations of values that are tried, without <c>-values.yaml</c>.</summary>
    public static IReadOnlyList<string> Combinations { get; } =
    [
        .. Directory.EnumerateFiles(Path.Combine(Folder, "ci"), "*-values.yaml").Order(StringComparer.Ordinal)
            .Select(file => Path.GetFileName(file).Replace("-values.yaml", "", StringComparison.Ordinal)),
    ];

    /// <summary>The release.</summary>
    public string Release { get; init; } = "shop";

    /// <summary>The namespace.</summary>
    public string Namespace { get; init; } = "default";

    /// <summary>The values, one of <see cref="Combinations"/>.</summary>
    public string Combination { get; init; } = "default";

    /// <summary>Values over these: <c>election.timing=fast</c>, the value in YAML.</summary>
    public IReadOnlyList<string> Set { get; init; } = [];

    /// <summary>What a person adds to the command line, word by word.</summary>
    public IReadOnlyList<string> Flags { get; init; } = [];

    /// <summary>The version of Kubernetes to render for.</summary>
    public string Kubernetes { get; init; } = OldKubernetes;

    /// <summary>What that serves beside what helm itself knows.</summary>
    public IReadOnlyList<string> Apis { get; init; } = [];

    /// <summary>Which helm renders: 3 or 4.</summary>
    public int Helm { get; init; } = 4;

    /// <summary>Which chart with which values, for any command of helm.</summary>
    internal IEnumerable<string> Arguments =>
    [
        Release, Folder, "--namespace", Namespace, "-f", Path.Combine(Folder, "ci", Combination + "-values.yaml"),
        .. Set.SelectMany(value => new[] { "--set-json", JsonOf(value) }),
        .. Flags,
    ];

    /// <summary>What a combination says, without the chart's own values under it.</summary>
    public static JsonObject ValuesOf(string combination) =>
        YamlJson.Parse(File.ReadAllText(Path.Combine(Folder, "ci", combination + "-values.yaml")))!.AsObject();

    /// <summary>The same for the version and the APIs that a server has.</summary>
    public async Task<HelmChart> ForAsync(RealApiServer server)
    {
        JsonObject version = await server.Admin.SendAsync(HttpMethod.Get, "/version");
        JsonObject apis = await server.Admin.SendAsync(HttpMethod.Get, "/apis");
        return this with
        {
            Kubernetes = (string)version["gitVersion"]!,
            Apis =
            [
                .. apis["groups"]!.AsArray().SelectMany(group => group!["versions"]!.AsArray())
                    .Select(one => (string)one!["groupVersion"]!),
            ],
        };
    }

    /// <summary>What helm would send to the API server.</summary>
    /// <exception cref="InvalidOperationException">It refuses the values: carries what it says.</exception>
    public async Task<RenderedChart> RenderAsync()
    {
        ProgramResult result = await TemplateAsync();
        return result.ExitCode == 0 ? new(result.Output) : throw new InvalidOperationException(result.Errors);
    }

    /// <summary>What it says about values that it refuses.</summary>
    public async Task<string> RefusalAsync()
    {
        ProgramResult result = await TemplateAsync();
        return result.ExitCode != 0
            ? result.Errors.Replace("Use --debug flag to render out invalid YAML", "", StringComparison.Ordinal).Trim()
            : throw new InvalidOperationException($"Not refused: {string.Join(' ', Set.Concat(Flags))}");
    }

    /// <summary>What <c>helm lint --strict</c> has to say.</summary>
    public Task<ProgramResult> LintAsync() =>
        ProgramResult.OfAsync(ChartPrograms.Helm(Helm), ["lint", "--strict", .. Arguments.Skip(1), "--kube-version", Kubernetes]);

    private Task<ProgramResult> TemplateAsync()
    {
        string[] words =
        [
            "template", .. Arguments, "--kube-version", Kubernetes, .. Apis.SelectMany(api => new[] { "--api-versions", api })
        ];
        return Told.GetOrAdd(
            $"{Helm}\n{string.Join('\n', words)}", _ => new(() => ProgramResult.OfAsync(ChartPrograms.Helm(Helm), words))).Value;
    }

    private static string JsonOf(string value)
    {
        string[] parts = value.Split('=', 2);
        return $"{parts[0]}={YamlJson.Parse(parts[1])?.ToJsonString() ?? "null"}";
    }
}
