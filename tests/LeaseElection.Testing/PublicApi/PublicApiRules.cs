using System.Reflection;
using System.Runtime.CompilerServices;
using Xunit;

namespace LeaseElection.Testing.PublicApi;

/// <summary>What holds for every assembly that is shipped.</summary>
public static class PublicApiRules
{
    /// <summary>What users can see is what the file <c>PublicApi.approved.txt</c> of a test project says.</summary>
    public static void AssertApproved(Assembly library, string testProject)
    {
        string file = Path.Combine(Checkout.Root, "tests", testProject, "PublicApi.approved.txt");
        string[] approved = File.Exists(file) ? File.ReadAllLines(file) : [];
        string[] actual = [.. PublicApiText.Of(library)];
        if (Environment.GetEnvironmentVariable("APPROVE_PUBLIC_API") == "1")
            File.WriteAllLines(file, approved = actual);

        string[] before = Qualify(approved), after = Qualify(actual);
        IEnumerable<string> diff = before.Except(after).Select(line => "- " + line).Concat(after.Except(before).Select(line => "+ " + line));
        Assert.True(
            approved.SequenceEqual(actual),
            $"The public API has changed:\n{string.Join('\n', diff)}\n"
            + "If that is meant, run this test with APPROVE_PUBLIC_API=1, commit PublicApi.approved.txt and add a line to the changelog.");
    }

    public static void AssertNamespaces(Assembly library, string own, string registration)
    {
        Assert.All(library.GetExportedTypes(), type => Assert.Contains(type.Namespace, (string[])[own, registration]));
        Assert.All(
            library.GetExportedTypes().Where(type => type.Namespace == registration),
            type => Assert.True(type is { IsAbstract: true, IsSealed: true }, $"{type} is no static class."));
    }

    public static void AssertClassesAreSealed(Assembly library) =>
        Assert.All(
            library.GetExportedTypes().Where(type => type.IsClass), type => Assert.True(type.IsSealed, $"{type} can be derived from."));

    public static void AssertNoAwaitCapturesAContext(Assembly library) =>
        Assert.Empty(library.GetTypes()
            .Where(type => type.GetCustomAttribute<CompilerGeneratedAttribute>() is not null)
            .SelectMany(type => type.GetFields(BindingFlags.Instance | BindingFlags.NonPublic))
            .Where(field => field.FieldType == typeof(TaskAwaiter)
                || (field.FieldType.IsGenericType && field.FieldType.GetGenericTypeDefinition() == typeof(TaskAwaiter<>)))
            .Select(field => field.DeclaringType!.ToString()));

    /// <summary>Each member with its type: a line of a difference must tell where it belongs.</summary>
    private static string[] Qualify(string[] lines)
    {
        string type = "";
        return [.. lines.Select(line => line.StartsWith(' ') ? $"{type}: {line.Trim()}" : type = line)];
    }
}
