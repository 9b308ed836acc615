// fetch
export const rows = () => fetch('http://localhost');
