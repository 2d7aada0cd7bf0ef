using System.Text.Json.Nodes;
using LeaseElection.Testing.Processes;

namespace LeaseElection.Chart.Tests;

/// <summary>
/// A projected volume as the kubelet lays it out: the files are links into <c>..data</c>, itself a link that is replaced by rename, so that
/// a reader never sees the new token beside the old authority.
/// </summary>
internal sealed class ProjectedToken : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory();
    private readonly Dictionary<string, string> _paths;
    private int _versions;

    /// <param name="volume">What the chart says: what is asked of it here lies where it says.</param>
    public ProjectedToken(JsonNode volume)
    {
        JsonArray sources = volume["projected"]!["sources"]!.AsArray();
        _paths = new()
        {
            ["token"] = (string)sources.Single(one => one!["serviceAccountToken"] is not null)!["serviceAccountToken"]!["path"]!,
            ["ca.crt"] = PathOf(sources, "configMap", item => (string?)item["key"] == "ca.crt"),
            ["namespace"] = PathOf(sources, "downwardAPI", item => (string?)item["fieldRef"]!["fieldPath"] == "metadata.namespace"),
        };
    }

    public string Folder => _folder.FullName;

    /// <summary>Writes all anew, with the content of files of these names.</summary>
    public async Task WriteAsync(string from, string? token = null)
    {
        string version = $"..version_{++_versions}";
        DirectoryInfo data = _folder.CreateSubdirectory(version);
        foreach ((string name, string path) in _paths)
            File.WriteAllText(
                Path.Combine(data.FullName, path),
                name == "token" && token is not null ? token : File.ReadAllText(Path.Combine(from, name)));
        string next = Path.Combine(Folder, "..data_tmp");
        File.CreateSymbolicLink(next, version);
        // File.Move does not replace a link to a folder.
        ProgramResult moved = await ProgramResult.OfAsync("mv", ["--no-target-directory", next, Path.Combine(Folder, "..data")]);
        Assert.True(moved.ExitCode == 0, moved.Errors);
        foreach (string path in _paths.Values.Where(path => _versions == 1))
            File.CreateSymbolicLink(Path.Combine(Folder, path), Path.Combine("..data", path));
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private static string PathOf(JsonArray sources, string kind, Func<JsonNode, bool> which) =>
        (string)sources.Single(one => one![kind] is not null)![kind]!["items"]!.AsArray().Single(item => which(item!))!["path"]!;
}
