using System.Net;
using System.Net.Sockets;
using LeaseElection.Hosting.Kubernetes.Connecting;

namespace LeaseElection.Hosting.Kubernetes.Blocking;

/// <summary>
/// Opens a TCP connection without the thread pool. The addresses of a name have their turns in the order of <see cref="DialTargets"/>, each
/// with its share of the time that is left. What the system offers no time limit for (resolving a name, connecting) is done on a thread of
/// its own, which is left behind where it hangs.
/// </summary>
internal static class BlockingDialer
{
    /// <exception cref="HttpRequestException">There is no connection to be had; it says why, as a client's would.</exception>
    public static Socket Dial(Uri server, TimeLimit time)
    {
        string host = server.IdnHost.Replace("%25", "%", StringComparison.Ordinal);
        IReadOnlyList<IPEndPoint> targets = DialTargets.Of(AddressesOf(host, time), server.Port);
        var faults = new List<string>();
        foreach (IPEndPoint target in targets)
        {
            TimeSpan share = time.Left / (targets.Count - faults.Count);
            try
            {
                return Apart(() => Connect(target), share, late => late.Dispose());
            }
            catch (Exception e) when (e is SocketException or TimeoutException)
            {
                faults.Add($"{target}: {(e is TimeoutException ? "no answer" : e.Message)}");
            }
        }

        throw new HttpRequestException(HttpRequestError.ConnectionError, string.Join("; ", faults));
    }

    private static IPAddress[] AddressesOf(string host, TimeLimit time)
    {
        if (IPAddress.TryParse(host, out IPAddress? address))
            return [address];
        try
        {
            IPAddress[] addresses = Apart(() => Dns.GetHostAddresses(host), time.Left, _ => { });
            return addresses.Length > 0 ? addresses : throw new SocketException((int)SocketError.HostNotFound);
        }
        catch (SocketException e)
        {
            throw new HttpRequestException(
                HttpRequestError.NameResolutionError, $"the name {host} cannot be resolved: {e.Message}");
        }
        catch (TimeoutException)
        {
            throw new HttpRequestException(HttpRequestError.NameResolutionError, $"the name {host} was not resolved in time.");
        }
    }

    private static Socket Connect(IPEndPoint target)
    {
        Socket socket = ServerSocket.Create(target);
        try
        {
            socket.Connect(target);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <exception cref="TimeoutException">
    /// It took longer than <paramref name="limit"/>; what it comes to is <paramref name="late"/>'s.
    /// </exception>
    private static T Apart<T>(Func<T> act, TimeSpan limit, Action<T> late)
    {
        var done = new TaskCompletionSource<T>();
        var thread = new Thread(() =>
        {
            try
            {
                T result = act();
                if (!done.TrySetResult(result))
                    late(result);
            }
#pragma warning disable CA1031 // Thrown where it is waited for.
            catch (Exception exception)
#pragma warning restore CA1031
            {
                done.TrySetException(exception);
            }
        })
        {
            IsBackground = true,
            Name = "LeaseElection rescue dial",
        };
        thread.UnsafeStart();
        if (Task.WaitAny([done.Task], limit) < 0)
            done.TrySetException(new TimeoutException());
        return done.Task.GetAwaiter().GetResult();
    }
}
