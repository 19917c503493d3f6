export function DestinationPage({ id }: { readonly id: string }) {
  return <p>{id}</p>;
}
