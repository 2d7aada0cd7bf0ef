namespace LeaseElection.Hosting.Kubernetes.Requests;

/// <summary>What a request is about, as messages call it, and what an operator grants for it.</summary>
internal interface IRequestTarget
{
    string ServerText { get; }

    string Namespace { get; }

    /// <summary><c>the lease shop/settlement</c>.</summary>
    string Words { get; }

    /// <summary><c>the lease 'settlement' in namespace 'shop'</c>.</summary>
    string LongWords { get; }

    /// <summary>As RBAC calls it: <c>leases.coordination.k8s.io 'settlement'</c>.</summary>
    string Resource { get; }

    /// <summary>What a server has that knows of it: <c>leases.coordination.k8s.io/v1</c>.</summary>
    string Api => "leases.coordination.k8s.io/v1";

    /// <summary>As a FlowSchema calls it.</summary>
    string Plural => "leases";

    /// <summary>What to grant so that <paramref name="verb"/> is allowed, as whole sentences.</summary>
    string Grant(string verb);
}
