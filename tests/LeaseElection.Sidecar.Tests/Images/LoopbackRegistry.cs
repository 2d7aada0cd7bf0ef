using System.Formats.Tar;
using System.IO.Compression;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace LeaseElection.Sidecar.Tests.Images;

/// <summary>
/// A registry with one image of one empty layer, which stands for the base images of Microsoft, where mcr.microsoft.com cannot be reached:
/// the SDK asks for a base whatever it builds. By the OCI distribution specification, as far as a pull needs it.
/// </summary>
internal sealed class LoopbackRegistry : IAsyncDisposable
{
    private const string Manifest = "application/vnd.oci.image.manifest.v1+json";
    private const string Config = "application/vnd.oci.image.config.v1+json";
    private const string Layer = "application/vnd.oci.image.layer.v1.tar+gzip";

    private readonly WebApplication _app;
    private readonly Dictionary<string, (string Type, byte[] Content)> _blobs = [];

    private LoopbackRegistry(WebApplication app) => _app = app;

    /// <summary>What to name as the base image; for a registry at localhost the SDK takes plain HTTP.</summary>
    public string Image => $"localhost:{new Uri(_app.Urls.Single()).Port}/base:1";

    public static async Task<LoopbackRegistry> StartAsync()
    {
        WebApplicationBuilder builder = WebApplication.CreateBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var registry = new LoopbackRegistry(builder.Build());
        string manifest = registry.Add(Manifest, registry.BaseImage());
        registry._app.MapMethods(
            "/v2/{**path}", [HttpMethods.Get, HttpMethods.Head], (string? path) => registry.Answer(path ?? "", manifest));
        await registry._app.StartAsync();
        return registry;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private IResult Answer(string path, string manifest)
    {
        string digest = path == "base/manifests/1" ? manifest : path.Split('/')[^1];
        return path.Length == 0 ? Results.Ok()
            : _blobs.TryGetValue(digest, out (string Type, byte[] Content) blob) ? Results.Bytes(blob.Content, blob.Type)
            : Results.NotFound();
    }

    private byte[] BaseImage()
    {
        using var tar = new MemoryStream();
        using (var writer = new TarWriter(tar, leaveOpen: true))
            writer.WriteEntry(new PaxTarEntry(TarEntryType.Directory, "tmp"));
        using var zipped = new MemoryStream();
        using (var zip = new GZipStream(zipped, CompressionLevel.Fastest, leaveOpen: true))
            zip.Write(tar.ToArray());
        var config = new JsonObject
        {
            ["architecture"] = RuntimeInformation.OSArchitecture == Architecture.Arm64 ? "arm64" : "amd64",
            ["os"] = "linux",
            ["config"] = new JsonObject(),
            ["rootfs"] = new JsonObject { ["type"] = "layers", ["diff_ids"] = new JsonArray(DigestOf(tar.ToArray())) },
            ["history"] = new JsonArray(new JsonObject { ["created_by"] = "a test" }),
        };
        return Bytes(new JsonObject
        {
            ["schemaVersion"] = 2,
            ["mediaType"] = Manifest,
            ["config"] = Reference(Config, Bytes(config)),
            ["layers"] = new JsonArray(Reference(Layer, zipped.ToArray())),
        });
    }

    private JsonObject Reference(string type, byte[] content) =>
        new() { ["mediaType"] = type, ["size"] = content.Length, ["digest"] = Add(type, content) };

    private string Add(string type, byte[] content)
    {
        string digest = DigestOf(content);
        _blobs[digest] = (type, content);
        return digest;
    }

    private static byte[] Bytes(JsonObject json) => System.Text.Encoding.UTF8.GetBytes(json.ToJsonString());

    private static string DigestOf(byte[] content) => "sha256:" + Convert.ToHexStringLower(SHA256.HashData(content));
}
