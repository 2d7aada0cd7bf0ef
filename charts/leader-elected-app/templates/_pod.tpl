{{/* What a cluster's rules ask of every Pod, that of `helm test` too. */}}
{{- define "leader-elected-app.podPolicy" -}}
serviceAccountName: {{ include "leader-elected-app.serviceAccountName" . | quote }}
automountServiceAccountToken: {{ .Values.serviceAccount.automount }}
enableServiceLinks: false
securityContext:
  {{- include "leader-elected-app.podSecurityContext" . | nindent 2 }}
{{- with .Values.imagePullSecrets }}
imagePullSecrets:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.nodeSelector }}
nodeSelector:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.tolerations }}
tolerations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.priorityClassName }}
priorityClassName: {{ . | quote }}
{{- end }}
{{- with .Values.runtimeClassName }}
runtimeClassName: {{ . | quote }}
{{- end }}
{{- end }}

{{/* OpenShift's restricted-v2 gives every namespace users and groups of its own, and refuses a Pod that names others. */}}
{{- define "leader-elected-app.podSecurityContext" -}}
{{- $context := deepCopy (.Values.podSecurityContext | default dict) }}
{{- if include "leader-elected-app.isOpenShift" . }}
{{- range $key := list "runAsUser" "runAsGroup" "fsGroup" }}
{{- if eq (get $context $key | toString) "1654" }}{{ $_ := unset $context $key }}{{ end }}
{{- end }}
{{- end }}
{{- toYaml $context }}
{{- end }}

{{/* `helm template` without --api-versions takes the cluster for another; no client of helm's own knows this API, so nothing else is taken for OpenShift. */}}
{{- define "leader-elected-app.isOpenShift" -}}
{{- if kindIs "invalid" .Values.openshift | ternary (.Capabilities.APIVersions.Has "security.openshift.io/v1") .Values.openshift }}true{{ end }}
{{- end }}

{{/* What the kubelet mounts by itself if it may, at the same place: for policies that forbid Pods to ask for it. */}}
{{- define "leader-elected-app.tokenVolume" -}}
{{- if not .Values.serviceAccount.automount -}}
- name: kube-api-access
  projected:
    sources:
      - serviceAccountToken:
          path: token
          expirationSeconds: 3600 # The kubelet writes a new one after four fifths of it.
      - configMap:
          name: kube-root-ca.crt
          items: [{key: ca.crt, path: ca.crt}]
      - downwardAPI:
          items: [{path: namespace, fieldRef: {fieldPath: metadata.namespace}}]
{{- end }}
{{- end }}

{{- define "leader-elected-app.tokenMount" -}}
{{- if not .Values.serviceAccount.automount -}}
- name: kube-api-access
  mountPath: {{ include "leader-elected-app.tokenPath" . }}
  readOnly: true
{{- end }}
{{- end }}

{{- define "leader-elected-app.tokenPath" -}}
/var/run/secrets/kubernetes.io/serviceaccount
{{- end }}
