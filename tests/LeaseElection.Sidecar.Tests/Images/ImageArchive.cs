using System.Formats.Tar;
using System.IO.Compression;
using System.Text.Json.Nodes;

namespace LeaseElection.Sidecar.Tests.Images;

/// <summary>An image as <c>dotnet publish</c> puts it into a file, in the OCI image layout.</summary>
internal sealed class ImageArchive(string folder)
{
    /// <summary>What a container of it is started with.</summary>
    public JsonNode Config => Blob(Manifest["config"]!)["config"]!;

    private JsonNode Manifest => Blob(JsonNode.Parse(File.ReadAllText(Path.Combine(folder, "index.json")))!["manifests"]![0]!);

    /// <summary>Unpacks it into a folder that is empty.</summary>
    public static async Task<ImageArchive> OpenAsync(string file, string folder)
    {
        await TarFile.ExtractToDirectoryAsync(file, Directory.CreateDirectory(folder).FullName, overwriteFiles: false);
        return new ImageArchive(folder);
    }

    /// <summary>Unpacks what its containers find at their root; not who owns it.</summary>
    public async Task ExtractAsync(string root)
    {
        foreach (JsonNode? layer in Manifest["layers"]!.AsArray())
        {
            await using var zip = new GZipStream(File.OpenRead(FileOf(layer!)), CompressionMode.Decompress);
            await TarFile.ExtractToDirectoryAsync(zip, root, overwriteFiles: true);
        }
    }

    private JsonNode Blob(JsonNode reference) => JsonNode.Parse(File.ReadAllText(FileOf(reference)))!;

    private string FileOf(JsonNode reference) => Path.Combine([folder, "blobs", .. ((string)reference["digest"]!).Split(':')]);
}
