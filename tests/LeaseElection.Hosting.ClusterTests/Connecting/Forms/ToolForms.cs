namespace LeaseElection.Hosting.ClusterTests.Connecting.Forms;

/// <summary>Kubeconfigs in the form in which tools and clouds write them; all names are made up.</summary>
internal static class ToolForms
{
    public static IReadOnlyList<ConnectionCase> All { get; } =
    [
        new("kind", "certificate certified", scene => Config(scene, "kind-shop", "kind-shop", "kind-shop", Certificate(scene))),
        new("k3s", "certificate certified", scene => Config(scene, "default", "default", "default", Certificate(scene))),
        new("Docker Desktop", "certificate certified", scene =>
            Config(scene, "docker-desktop", "docker-desktop", "docker-desktop", Certificate(scene))),
        new("microk8s", "token made-up", scene => Config(scene, "microk8s", "microk8s-cluster", "admin", "    token: made-up")),
        new("minikube", "certificate certified", scene =>
        {
            string ca = scene.Write("home/.minikube/ca.crt", scene.Server.Authority.Pem);
            string certificate = scene.Write("home/.minikube/profiles/shop/client.crt", scene.Certificate);
            string key = scene.Write("home/.minikube/profiles/shop/client.key", scene.Key);
            scene.Write("config", $$"""
                apiVersion: v1
                clusters:
                - cluster:
                    certificate-authority: {{ca}}
                    extensions:
                    - extension:
                        last-update: Fri, 27 Nov 2026 08:00:00 CET
                        provider: minikube.sigs.k8s.io
                        version: v1.34.0
                      name: cluster_info
                    server: {{scene.ServerUrl}}
                  name: shop
                contexts:
                - context:
                    cluster: shop
                    extensions:
                    - extension:
                        last-update: Fri, 27 Nov 2026 08:00:00 CET
                        provider: minikube.sigs.k8s.io
                        version: v1.34.0
                      name: context_info
                    namespace: default
                    user: shop
                  name: shop
                current-context: shop
                kind: Config
                preferences: {}
                users:
                - name: shop
                  user:
                    client-certificate: {{certificate}}
                    client-key: {{key}}
                """);
        }),
        new("EKS", "token made-up", scene =>
        {
            string aws = scene.Command("aws", $"""
                test "$*" = '--region eu-north-1 eks get-token --cluster-name shop --output json' &&
                  test "$AWS_PROFILE" = shop && echo '{ExecForms.V1Beta1Token}'
                """);
            const string Arn = "arn:aws:eks:eu-north-1:123456789012:cluster/shop";
            Config(scene, Arn, Arn, Arn, $"""
                    exec:
                      apiVersion: client.authentication.k8s.io/v1beta1
                      args:
                      - --region
                      - eu-north-1
                      - eks
                      - get-token
                      - --cluster-name
                      - shop
                      - --output
                      - json
                      command: {aws}
                      env:
                      - name: AWS_PROFILE
                        value: shop
                """);
        }),
        new("GKE", "token made-up", scene =>
        {
            string plugin = scene.Command("gke-gcloud-auth-plugin", $"""
                case "$KUBERNETES_EXEC_INFO" in *'"server":"{scene.ServerUrl}"'*) echo '{ExecForms.V1Beta1Token}' ;; *) exit 1 ;; esac
                """);
            const string Name = "gke_shop-1234_europe-north1_shop";
            Config(scene, Name, Name, Name, $"""
                    exec:
                      apiVersion: client.authentication.k8s.io/v1beta1
                      command: {plugin}
                      installHint: Install gke-gcloud-auth-plugin for use with kubectl by following
                        https://example.test/gke
                      provideClusterInfo: true
                """);
        }),
        new("AKS with kubelogin", "token made-up", scene =>
        {
            string kubelogin = scene.Command("kubelogin", $"""
                test "$1 $2 $3" = 'get-token --login azurecli' && echo '{ExecForms.V1Beta1Token}'
                """);
            Config(scene, "shop", "shop", "clusterUser_rg_shop", $"""
                    exec:
                      apiVersion: client.authentication.k8s.io/v1beta1
                      args:
                      - get-token
                      - --login
                      - azurecli
                      - --server-id
                      - 00000000-0000-0000-0000-000000000000
                      command: {kubelogin}
                      env: null
                      installHint: |2

                        kubelogin is not installed which is required to connect to AAD enabled cluster.
                      interactiveMode: IfAvailable
                      provideClusterInfo: false
                """);
        }),
        new("AKS, admin", "token made-up, certificate certified", scene =>
            Config(scene, "shop-admin", "shop", "clusterAdmin_rg_shop", Certificate(scene) + "\n    token: made-up")),
        new("OpenShift, after oc login", "token sha256~made-up, in shop", scene =>
        {
            scene.Knows("sha256~made-up");
            Config(
                scene, "shop/api-ocp-example-test:6443/developer", "api-ocp-example-test:6443", "developer/api-ocp-example-test:6443",
                "    token: sha256~made-up", "\n    namespace: shop");
        }),
        new("Rancher", "token kubeconfig-user-abc12:made-up", scene =>
        {
            scene.Knows("kubeconfig-user-abc12:made-up");
            scene.Write("config", $"""
                apiVersion: v1
                kind: Config
                clusters:
                - name: "shop"
                  cluster:
                    server: "{scene.ServerUrl}"
                    certificate-authority-data: "{string.Join("\\\n      ", Lines(scene.AuthorityData))}"

                users:
                - name: "shop"
                  user:
                    token: "kubeconfig-user-abc12:made-up"


                contexts:
                - name: "shop"
                  context:
                    user: "shop"
                    cluster: "shop"

                current-context: "shop"
                """);
        })
        { PathBase = "/k8s/clusters/c-m-abc12" },
    ];

    private static string Certificate(ConnectionScene scene) =>
        $"    client-certificate-data: {scene.CertificateData}\n    client-key-data: {scene.KeyData}";

    private static IEnumerable<string> Lines(string data) => data.Chunk(76).Select(line => new string(line));

    /// <summary>As kubectl itself writes it.</summary>
    private static void Config(ConnectionScene scene, string context, string cluster, string user, string credentials, string more = "") =>
        scene.Write("config", $$"""
        apiVersion: v1
        clusters:
        - cluster:
            certificate-authority-data: {{scene.AuthorityData}}
            server: {{scene.ServerUrl}}
          name: {{cluster}}
        contexts:
        - context:
            cluster: {{cluster}}{{more}}
            user: {{user}}
          name: {{context}}
        current-context: {{context}}
        kind: Config
        preferences: {}
        users:
        - name: {{user}}
          user:
        {{credentials}}
        """);
}
