declare global {
  namespace App {
    interface Error {
      message: string;
      /** What the reader can do about it. */
      fix?: string;
    }
    interface Locals {
      theme: 'light' | 'dark' | 'system';
    }
  }
}

export {};
