using System.Reflection;
using System.Runtime.CompilerServices;
using Xunit;

namespace LeaseElection.Testing.PublicApi;

/// <summary>What holds for every assembly that is shipped. What its users can see, its PublicAPI.Unshipped.txt says.</summary>
public static class PublicApiRules
{
    /// <param name="library">The assembly.</param>
    /// <param name="own">The namespace of its types.</param>
    /// <param name="extended">Those of what it extends, where it has nothing but extension methods.</param>
    public static void AssertNamespaces(Assembly library, string own, params string[] extended)
    {
        Assert.All(library.GetExportedTypes(), type => Assert.Contains(type.Namespace, (string[])[own, .. extended]));
        Assert.All(
            library.GetExportedTypes().Where(type => type.Namespace != own),
            type => Assert.True(type is { IsAbstract: true, IsSealed: true }, $"{type} is no static class."));
    }

    /// <summary>But for those that are nothing else than made to be derived from.</summary>
    public static void AssertClassesAreSealed(Assembly library) =>
        Assert.All(
            library.GetExportedTypes().Where(type => type is { IsClass: true, IsAbstract: false }),
            type => Assert.True(type.IsSealed, $"{type} can be derived from."));

    public static void AssertNoAwaitCapturesAContext(Assembly library) =>
        Assert.Empty(library.GetTypes()
            .Where(type => type.GetCustomAttribute<CompilerGeneratedAttribute>() is not null)
            .SelectMany(type => type.GetFields(BindingFlags.Instance | BindingFlags.NonPublic))
            .Where(field => field.FieldType == typeof(TaskAwaiter)
                || (field.FieldType.IsGenericType && field.FieldType.GetGenericTypeDefinition() == typeof(TaskAwaiter<>)))
            .Select(field => field.DeclaringType!.ToString()));
}
