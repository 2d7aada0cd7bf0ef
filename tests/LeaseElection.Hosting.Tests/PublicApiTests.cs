using System.Reflection;
using System.Runtime.CompilerServices;
using LeaseElection.Testing;

namespace LeaseElection.Hosting.Tests;

/// <summary>What users can see changes on purpose only.</summary>
public sealed class PublicApiTests
{
    private static readonly Assembly Library = typeof(LeaderElectionBuilder).Assembly;

    [Fact]
    public void PublicApi_IsTheApprovedOne()
    {
        string file = Path.Combine(Checkout.Root, "tests", "LeaseElection.Hosting.Tests", "PublicApi.approved.txt");
        string[] approved = File.Exists(file) ? File.ReadAllLines(file) : [];
        string[] actual = [.. PublicApiText.Of(Library)];
        if (Environment.GetEnvironmentVariable("APPROVE_PUBLIC_API") == "1")
            File.WriteAllLines(file, approved = actual);

        string[] before = Qualify(approved), after = Qualify(actual);
        IEnumerable<string> diff = before.Except(after).Select(line => "- " + line).Concat(after.Except(before).Select(line => "+ " + line));
        Assert.True(
            approved.SequenceEqual(actual),
            $"The public API has changed:\n{string.Join('\n', diff)}\n"
            + "If that is meant, run this test with APPROVE_PUBLIC_API=1, commit PublicApi.approved.txt and add a line to the changelog.");
    }

    [Fact]
    public void PublicTypes_LiveInOneNamespaceOrThatOfRegistration()
    {
        Assert.All(Library.GetExportedTypes(), type => Assert.Contains(
            type.Namespace, (string[])["LeaseElection.Hosting", "Microsoft.Extensions.DependencyInjection"]));
        Assert.All(
            Library.GetExportedTypes().Where(type => type.Namespace == "Microsoft.Extensions.DependencyInjection"),
            type => Assert.True(type is { IsAbstract: true, IsSealed: true }, $"{type} is no static class."));
    }

    [Fact]
    public void PublicClasses_AreSealed()
    {
        Assert.All(
            Library.GetExportedTypes().Where(type => type.IsClass), type => Assert.True(type.IsSealed, $"{type} can be derived from."));
    }

    [Fact]
    public void Awaits_NoneCapturesAContext()
    {
        Assert.Empty(Library.GetTypes()
            .Where(type => type.GetCustomAttribute<CompilerGeneratedAttribute>() is not null)
            .SelectMany(type => type.GetFields(BindingFlags.Instance | BindingFlags.NonPublic))
            .Where(field => field.FieldType == typeof(TaskAwaiter)
                || (field.FieldType.IsGenericType && field.FieldType.GetGenericTypeDefinition() == typeof(TaskAwaiter<>)))
            .Select(field => field.DeclaringType!.ToString()));
    }

    /// <summary>Each member with its type: a line of a difference must tell where it belongs.</summary>
    private static string[] Qualify(string[] lines)
    {
        string type = "";
        return [.. lines.Select(line => line.StartsWith(' ') ? $"{type}: {line.Trim()}" : type = line)];
    }
}
