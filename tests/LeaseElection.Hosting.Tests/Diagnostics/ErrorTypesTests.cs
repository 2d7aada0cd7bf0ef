using LeaseElection.Hosting.Diagnostics;

namespace LeaseElection.Hosting.Tests;

public sealed class ErrorTypesTests
{
    [Fact]
    public void Of_MoreTypesThanAreSane_HaveOneNameTogether()
    {
        var types = new ErrorTypes();
        Type type = typeof(TimeoutException);
        var names = new List<string>();
        for (int i = 0; i < ErrorTypes.Most + 10; i++)
        {
            names.Add(types.Of((Exception)Activator.CreateInstance(type)!));
            type = typeof(NestedException<>).MakeGenericType(type);
        }

        Assert.Equal(ErrorTypes.Most + 1, names.Distinct().Count());
        Assert.All(names.Skip(ErrorTypes.Most), name => Assert.Equal("_OTHER", name));
        Assert.Equal("System.TimeoutException", types.Of(new TimeoutException()));
    }

    /// <summary>As many types as one likes.</summary>
    private sealed class NestedException<T> : Exception;
}
