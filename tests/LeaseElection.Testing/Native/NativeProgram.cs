using System.Runtime.InteropServices;
using LeaseElection.Testing.Processes;
using Xunit.Sdk;

namespace LeaseElection.Testing.Native;

/// <summary>A project that sets <c>PublishAot</c>, published as a native program into a folder of its own.</summary>
public sealed class NativeProgram : IDisposable
{
    private NativeProgram(string folder, string output)
    {
        Folder = folder;
        Output = output;
    }

    /// <summary>Where it is.</summary>
    public string Folder { get; }

    /// <summary>What the publish said.</summary>
    public string Output { get; }

    /// <summary>Publishes it.</summary>
    /// <param name="project">The folder or file of the project, below the root of the checkout.</param>
    /// <param name="arguments">What else <c>dotnet publish</c> is given.</param>
    /// <exception cref="XunitException">It cannot be published.</exception>
    public static async Task<NativeProgram> PublishAsync(string project, params string[] arguments)
    {
        string folder = Directory.CreateTempSubdirectory("leaseelection-native-").FullName;
        ProgramResult result = await DotNet.RunAsync(
        [
            "publish", Path.Combine(Checkout.Root, project),
            "--runtime", RuntimeInformation.RuntimeIdentifier, "--configuration", "Release", "--output", folder,
            .. NativeTools.Properties, .. arguments,
        ]);
        var program = new NativeProgram(folder, result.Output + result.Errors);
        if (result.ExitCode == 0)
            return program;
        program.Dispose();
        throw new XunitException($"{project} cannot be published as a native program:\n{program.Output}");
    }

    /// <inheritdoc/>
    public void Dispose() => Directory.Delete(Folder, recursive: true);
}
