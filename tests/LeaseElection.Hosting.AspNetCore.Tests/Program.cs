using LeaseElection.Hosting.AspNetCore.Tests.Browser;

// Not the tests (those are run by `dotnet test`) but what one of them starts in order to kill it: a process that owns a browser and never
// cleans up.
await new BrowserFixture().InitializeAsync();
Console.WriteLine("ready");
await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, CancellationToken.None);
