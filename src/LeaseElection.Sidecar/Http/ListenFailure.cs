using System.Net.Sockets;
using LeaseElection.Sidecar.Flags;

namespace LeaseElection.Sidecar.Http;

/// <summary>Says why HTTP cannot be served, and what to do.</summary>
internal static class ListenFailure
{
    public static SidecarException Of(ListenAddress address, Exception exception)
    {
        while (exception.InnerException is { } inner)
            exception = inner;
        string reason = exception.Message.ToLowerInvariant().TrimEnd('.');
        return new SidecarException(
            ExitCodes.CannotListen,
            $"--http {address} cannot be listened on: {reason}. {Advice(address, (exception as SocketException)?.SocketErrorCode)}");
    }

    private static string Advice(ListenAddress address, SocketError? error) => error switch
    {
        SocketError.AddressNotAvailable or SocketError.AddressFamilyNotSupported
            or SocketError.HostNotFound or SocketError.NoData or SocketError.TryAgain =>
            $"Write an address that this machine has, or --http=:{address.Port} for all of them.",
        SocketError.AccessDenied => "Choose a port from 1024 on.",
        _ => "Choose another port, or stop who uses it.",
    };
}
