export function DestinationInspector({ id }: { readonly id: string }) {
  return <p>{id}</p>;
}
