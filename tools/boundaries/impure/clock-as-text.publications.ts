// Date()
export const publish = () => Date();
